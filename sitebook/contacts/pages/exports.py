"""The list of contacts as a file."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from sitebook.access.decorators import EXPORTS, page
from sitebook.access.permissions import Permission
from sitebook.contacts.lists import with_roles
from sitebook.contacts.models import Contact
from sitebook.contacts.pages.lists import listing
from sitebook.lists.responses import as_file
from sitebook.records.pages.as_of import day_of, file_name

SEE = Permission.SEE_CUSTOMERS


@page(may=SEE, lane=EXPORTS)
def export_contacts(request: HttpRequest, ending: str, *, as_shown: bool) -> StreamingHttpResponse:
    on = day_of(request)
    day = on or timezone.localdate()
    sheet = listing(on=day).sheet(request.GET, with_roles(Contact.objects.all(), on=day), as_shown=as_shown)
    return as_file(request, sheet, name=file_name("contacts", on), ending=ending)

"""What every tab of a contact's page shows beside its own contents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from sitebook.config.tabs import CONTACT
from sitebook.contacts.models import Contact
from sitebook.firm.choices import languages
from sitebook.records.pages.frame import user_of
from sitebook.registers.tabs import tabs_for


def role_address(kind: str, pk: int, tab: str) -> str:
    """Where a contact is given a role here, and back to the tab."""
    return f"{reverse('contacts:role-new')}?{urlencode({kind: pk, 'next': reverse(tab, args=[pk])})}"


def contact_frame(request: HttpRequest, contact: Contact, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a contact's page."""
    return {
        "frame": "contacts/contact.html",
        "contact": contact,
        "language_name": dict(languages()).get(contact.language, contact.language),
        "tab": tab,
        "tabs": tabs_for(CONTACT, pk=contact.pk, user=user_of(request), counts={}),
        "help": "contacts",
    }

"""What can be done to many sites at once, beside what every register has: status, and who sees their customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.permissions import Permission
from sitebook.bulk.actions import BulkAction, FieldsAction
from sitebook.bulk.grants import GrantAction, RevokeAction
from sitebook.customers.models import Customer
from sitebook.records.forms import ReasonForm
from sitebook.sites.models import Site
from sitebook.sites.status import leads_to, why_not
from sitebook.ui.filters import Words

_STATUS = lazy("Status")
_COMMANDS = {"activate": lazy("Make active"), "rest": lazy("Make dormant"), "close": lazy("Close for good")}


def site_actions() -> list[BulkAction]:
    needs = Permission.CHANGE_SITES
    return [
        *(
            StatusAction(key=key, label=label, kind=Site, needs=needs, command=key, refuses=_refused)
            for key, label in _COMMANDS.items()
        ),
        GrantAction(kind=Customer, reach=customers_of),
        RevokeAction(kind=Customer, reach=customers_of),
    ]


def customers_of(sites: QuerySet[Any]) -> QuerySet[Any]:
    """The customers who have these sites now, as far as the user sees them."""
    return Customer.objects.filter(pk__in=sites.order_by().values("customer_id"))


def ended(ids: Sequence[int], by_id: int) -> dict[int, str]:
    """Sites that were joined into another: nothing is written to them any more."""
    gone = Site.objects.filter(pk__in=ids, ended_on__isnull=False)
    return {row.pk: row.takes_nothing_new for row in gone}


@dataclass(frozen=True, kw_only=True)
class StatusAction(FieldsAction):
    """One of the commands about a site's status, where it leads there from; the rest is refused as one by one."""

    group: Words = _STATUS
    button: Words = ""
    form_class: type[forms.Form] = forms.Form
    names: Sequence[str] = ()
    command: str

    def form(self, data: Any = None) -> forms.Form:
        return ReasonForm(data) if self.command == "close" else forms.Form(data)

    def values(self, form: forms.Form | None) -> dict[str, Any]:
        reason = form.cleaned_data.get("reason", "") if form else ""
        return {"fields": {"status": leads_to(self.command)}, "reason": reason}

    def title(self, values: Mapping[str, Any], many: str) -> str:
        said = {"act": self.label, "many": many, "reason": values["reason"]}
        return (_("%(act)s: %(many)s, %(reason)s") if values["reason"] else _("%(act)s: %(many)s")) % said


def _refused(site: Site, fresh: Mapping[str, Any]) -> str:
    return why_not(site, fresh["status"])

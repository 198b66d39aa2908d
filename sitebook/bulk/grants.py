"""Access for a user to many customers, given and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access import models as access
from sitebook.access.models import Grant
from sitebook.access.permissions import Permission
from sitebook.bulk.actions import Before, BulkAction, Done, Order, changed_since
from sitebook.ui.filters import Words
from sitebook.users.models import User

_GIVE = lazy("Give access")
_TAKE = lazy("Take access back")
_ACCESS = lazy("Access")


class WhoForm(forms.Form):
    user = forms.ModelChoiceField(
        label=lazy("User"),
        queryset=User.objects.none(),
        empty_label=lazy("Choose a user"),
        help_text=lazy("What is given to a user who sees all customers counts only after that is switched off."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = User.objects.order_by("-is_active", "all_customers", "name", "pk")
        field.label_from_instance = _called  # type: ignore[method-assign, assignment]


def _called(user: User) -> str:
    state = _("switched off") if not user.is_active else _("sees all customers") if user.all_customers else ""
    return ", ".join(filter(None, [str(user), str(user.get_role_display()), state]))


@dataclass(frozen=True, kw_only=True)
class GrantAction(BulkAction):
    """Let a user see these customers."""

    key: str = "give"
    label: Words = _GIVE
    needs: Permission = Permission.GRANT
    group: Words = _ACCESS
    icon: str = "lock"

    def form(self, data: Any = None) -> forms.Form:
        return WhoForm(data)

    def values(self, form: forms.Form | None) -> dict[str, Any]:
        assert form is not None  # noqa: S101 - there is always one
        someone = form.cleaned_data["user"]
        return {"user": someone.pk, "name": str(someone)}

    def title(self, values: Mapping[str, Any], many: str) -> str:
        return _("Give %(user)s access to %(many)s") % {"user": values["name"], "many": many}

    def do(self, ids: Sequence[int], order: Order) -> Done:
        user = int(order.values["user"])
        fresh = access.give_each(user_id=user, customers=ids)
        times = _granted_at(user, fresh)
        return Done(changed={pk: {"at": times[pk].isoformat()} for pk in fresh})

    def undo(self, before: Before, order: Order) -> Done:
        """Takes only what was newly given, and not what somebody took and gave again since."""
        user = int(order.values["user"])
        if _is_own(user, order):
            return Done(refused=dict.fromkeys(before, _own_words()))
        now = _granted_at(user, list(before))
        still = [pk for pk in before if pk in now and now[pk] == parse_datetime(before[pk]["at"])]
        taken = set(access.take_each(user_id=user, customers=still))
        return Done(changed={pk: {} for pk in taken}, refused={pk: changed_since() for pk in before if pk not in taken})


@dataclass(frozen=True, kw_only=True)
class RevokeAction(GrantAction):
    """End a user's access to these customers."""

    key: str = "take"
    label: Words = _TAKE
    icon: str = "undo"

    def title(self, values: Mapping[str, Any], many: str) -> str:
        return _("Take access to %(many)s back from %(user)s") % {"user": values["name"], "many": many}

    def do(self, ids: Sequence[int], order: Order) -> Done:
        user = int(order.values["user"])
        if _is_own(user, order):
            return Done(refused=dict.fromkeys(ids, _own_words()))
        return Done(changed={pk: {} for pk in access.take_each(user_id=user, customers=ids)})

    def undo(self, before: Before, order: Order) -> Done:
        given = set(access.give_each(user_id=int(order.values["user"]), customers=list(before)))
        return Done(changed={pk: {} for pk in given}, refused={pk: changed_since() for pk in before if pk not in given})


def _granted_at(user: int, ids: Sequence[int]) -> dict[int, datetime]:
    return dict(Grant.objects.filter(user=user, customer_id__in=ids).values_list("customer_id", "granted_at"))


def _is_own(user: int, order: Order) -> bool:
    """Whoever took their own access would lose sight of what they just did, and could not take it back."""
    return user == order.by_id and not User.objects.filter(pk=user, all_customers=True).exists()


def _own_words() -> str:
    return _("Nobody takes their own access here. Ask a colleague, or use the customer’s page.")

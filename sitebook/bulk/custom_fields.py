"""Bulk actions for the firm's custom fields: one for each field of a register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from sitebook.access.permissions import Permission
from sitebook.bulk.actions import Blocked, FieldsAction, Order, RowsAction, Values
from sitebook.custom_fields.forms import Typed
from sitebook.custom_fields.models import CustomField
from sitebook.ui.filters import Words
from sitebook.values.readers import BadValue


@dataclass(frozen=True, kw_only=True)
class CustomFieldAction(RowsAction):
    """Write the same into a custom field; an empty one takes away what is written."""

    own: CustomField
    group: Words = FieldsAction.group
    button: Words = FieldsAction.button

    def form(self, data: Any = None) -> forms.Form:
        form = forms.Form(data)
        form.fields[self.own.name] = Typed(self.own)
        return form

    def values(self, form: forms.Form | None) -> dict[str, Any]:
        kept = form.cleaned_data[self.own.name] if form else None
        return {"kept": kept, "said": self.own.said(kept) or _("nothing")}

    def title(self, values: Values, many: str) -> str:
        said = {"field": self.label, "value": values["said"], "many": many}
        return _("%(field)s “%(value)s” on %(many)s") % said

    def fresh(self, row: Any, order: Order) -> Values | None:
        kept = order.values["kept"]
        return None if self._of(row.custom) == kept else self._with(row, kept)

    def was(self, row: Any, values: Values) -> Values:
        return {"kept": self._of(row.custom)}

    def back(self, row: Any, before: Values, order: Order) -> Values | None:
        stands = self._of(row.custom) == order.values["kept"]
        return self._with(row, before["kept"]) if stands and not self._unfit(before["kept"]) else None

    def why_not(self, row: Any, values: Values) -> str:
        return self._unfit(self._of(values["custom"]))

    def _of(self, custom: Mapping[str, Any]) -> Any:
        return custom.get(self.own.key)

    def _with(self, row: Any, kept: Any) -> Values:
        rest = {key: value for key, value in row.custom.items() if key != self.own.key}
        return {"custom": rest if kept is None else rest | {self.own.key: kept}}

    def _unfit(self, kept: Any) -> str:
        """Why the field, as it is by now, does not hold this: a choice may have gone since it was ordered."""
        try:
            self.own.read(kept)
        except BadValue as fault:
            return str(fault)
        return ""


def custom_field_actions(
    kind: type[Model], needs: Permission, blocked: Blocked | None = None
) -> list[CustomFieldAction]:
    """One for each field in use, in their order."""
    return [
        CustomFieldAction(key=own.name, label=own.label, kind=kind, needs=needs, blocked=blocked, own=own)
        for own in CustomField.objects.of(kind._meta.db_table)
    ]

"""A field that points at another record: typed, found by a prefix, chosen; without scripts, typed in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template import engines
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

RECENT = 6
SHOWN = 5


class ReferenceInput(forms.Widget):
    """Two inputs: what is typed (``name_text``) and the id of what was chosen (``name``)."""

    def __init__(self, source: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.source = source

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> str:
        pk, text = value if isinstance(value, tuple) else (value or "", "")
        combobox = engines["jinja2"].env.globals["c"].combobox  # type: ignore[attr-defined]
        given = self.build_attrs(self.attrs, attrs)
        return str(combobox(name, given.pop("id", name), pk, text, reverse(self.source), given))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str] | None:
        if name not in data and f"{name}_text" not in data:
            return None
        return data.get(name, ""), " ".join(data.get(f"{name}_text", "").split())


class Reference(forms.Field):
    """``among`` gives the records to choose from (the database shows only those the user may see);
    ``search`` narrows them by typed text, as the picker does; ``source`` is the picker's view."""

    def __init__(
        self,
        *,
        among: Callable[[], QuerySet[Any]],
        search: Callable[[QuerySet[Any], str], QuerySet[Any]],
        source: str,
        **options: Any,
    ) -> None:
        self.among, self.search = among, search
        super().__init__(widget=ReferenceInput(source), **options)

    def prepare_value(self, value: Any) -> Any:
        if value in (None, "") or isinstance(value, tuple):
            return value
        record = value if isinstance(value, Model) else self._by_id(value)
        return (record.pk, str(record)) if record else ("", "")

    def clean(self, value: Any) -> Any:
        pk, typed = value or ("", "")
        chosen = self._by_id(pk)
        if chosen and typed in ("", str(chosen)):
            return chosen
        if not typed:
            if pk:
                raise ValidationError(_("That record is no longer there, or you may not see it."))
            return super().clean(None)
        found = list(self.search(self.among(), typed)[: SHOWN + 1])
        exact = [record for record in found if str(record).casefold() == typed.casefold()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(_("Nothing is called “%(typed)s”."), params={"typed": typed})
        names = ", ".join(str(record) for record in found[:SHOWN])
        raise ValidationError(_("“%(typed)s” may be %(names)s. Say which."), params={"typed": typed, "names": names})

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial.pk if isinstance(initial, Model) else initial
        return str(before or "") != str((data or ("",))[0] or "") or bool(data and data[1] and not data[0])

    def _by_id(self, pk: Any) -> Any:
        text = str(pk or "")
        good = text.isascii() and text.isdigit() and len(text) < 19
        return self.among().filter(pk=int(text)).first() if good else None


def used(request: HttpRequest, kind: str, pk: int) -> None:
    """Remember in the session that this record was worked with: pickers offer it first."""
    recent = [pk, *(each for each in recently_used(request, kind) if each != pk)]
    request.session[f"recent-{kind}"] = recent[:RECENT]


def recently_used(request: HttpRequest, kind: str) -> list[int]:
    found: list[int] = request.session.get(f"recent-{kind}", [])
    return found


class Option:
    """One line of a picker: what it is called, what tells it apart, and why it cannot be taken if it cannot."""

    def __init__(
        self, value: Any, label: str, *, aside: str | Promise = "", icon: str = "", disabled: bool = False
    ) -> None:
        self.value, self.label, self.aside, self.icon, self.disabled = value, label, aside, icon, disabled

"""Another record as the value of a field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import pydantic
from django import forms
from django.db import models
from django.utils.translation import gettext as _

from sitebook.api.requests import Id, Name
from sitebook.search.queries import holding
from sitebook.values import pickers
from sitebook.values.kinds import Kind, readable
from sitebook.values.readers import BadValue


@dataclass(frozen=True, kw_only=True)
class Reference(Kind):
    """Another record, by its id or as a picker finds it. ``picker``: the name of the address that offers them.
    ``called``: gives the one of a name, or makes it, where programs and files may name it; raises BadValue.
    ``makes``: what is typed in a form and names none becomes a new one by ``called``.
    ``beside``: another field of the form whose value the picker is told. ``fills``: the address that says what a
    choice brings to other fields of the form."""

    to: type[models.Model]
    picker: str
    called: Callable[[str], models.Model] | None = None
    makes: bool = False
    beside: str = ""
    fills: str = ""

    def _read(self, given: Any) -> models.Model:
        """One that is hidden is as little there as one that never was."""
        if isinstance(given, models.Model):
            return given
        text = str(given)
        if self.called and isinstance(given, str):
            return self.called(readable(given))
        found = self.to._default_manager.filter(pk=int(text)).first() if _is_id(given, text) else None
        if found is None:
            said = {"id": text[:40]}
            raise BadValue(_("There is nothing of the id %(id)s, or it is not among what you may see.") % said)
        return found

    def input(self, **options: Any) -> forms.Field:
        among, otherwise = self.to._default_manager.all, self.called if self.makes else None
        field = pickers.Reference(among=among, search=holding, source=self.picker, otherwise=otherwise, **options)
        if self.beside:
            field.widget.attrs["data-beside"] = self.beside
        if self.fills:
            field.widget.fills = self.fills
        return field

    @property
    def shape(self) -> Any:
        return Id | Name if self.called else Id

    @property
    def schema(self) -> Any:
        return self.shape if self.required else self.shape | None

    def text(self, kept: Any) -> Any:
        return "" if kept is None else str(kept)

    @property
    def told_shape(self) -> Any:
        return Annotated[Any, pydantic.Field(description="Id, reference and name, or whole where it is expanded.")]


def _is_id(given: Any, text: str) -> bool:
    return not isinstance(given, bool) and text.isascii() and text.isdigit() and len(text) < 19

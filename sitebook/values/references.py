"""Another record as the value of a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pydantic
from django import forms
from django.db import models
from django.utils.translation import gettext as _

from sitebook.api.requests import Id
from sitebook.search.queries import holding
from sitebook.ui import widgets
from sitebook.values.kinds import Kind
from sitebook.values.readers import BadValue


@dataclass(frozen=True, kw_only=True)
class Reference(Kind):
    """Another record, by its id or as a picker finds it. ``picker``: the name of the address that offers them."""

    to: type[models.Model]
    picker: str

    def _read(self, given: Any) -> models.Model:
        """One that is hidden is as little there as one that never was."""
        if isinstance(given, models.Model):
            return given
        text = str(given)
        found = self.to._default_manager.filter(pk=int(text)).first() if _is_id(given, text) else None
        if found is None:
            said = {"id": text[:40]}
            raise BadValue(_("There is nothing of the id %(id)s, or it is not among what you may see.") % said)
        return found

    def input(self, **options: Any) -> forms.Field:
        return widgets.Reference(among=self.to._default_manager.all, search=holding, source=self.picker, **options)

    @property
    def shape(self) -> Any:
        return Id

    @property
    def schema(self) -> Any:
        return Id if self.required else Id | None

    @property
    def told_shape(self) -> Any:
        return Annotated[Any, pydantic.Field(description="Id, reference and name, or whole where it is expanded.")]


def _is_id(given: Any, text: str) -> bool:
    return not isinstance(given, bool) and text.isascii() and text.isdigit() and len(text) < 19

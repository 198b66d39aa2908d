"""A field that points at another record: typed, found by a prefix, chosen; without scripts, typed in full."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.template import engines
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.basics.texts import id_in
from sitebook.ui.filters import Words

# What was used last is asked for and told where pickers are.
from sitebook.values.recent import recently_used as recently_used
from sitebook.values.recent import used as used

NAMED = 5


class Option(NamedTuple):
    """One line of a picker: what it is called, what tells it apart, and whether it can be taken."""

    value: Any
    label: str
    aside: Words = ""
    icon: str = ""
    disabled: bool = False


class ReferenceInput(forms.Widget):
    """Two inputs: what is typed (``name_text``) and the id of what was chosen (``name``). ``fills``: the name of the
    address that says what a choice brings to other fields of the form. ``query``: stands behind the source's address
    and says what the choice is about."""

    def __init__(self, source: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.source, self.fills, self.query = source, "", ""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        pk, text = value or ("", "")
        combobox = engines["jinja2"].env.globals["c"].combobox  # type: ignore[attr-defined]
        given = self.build_attrs(self.attrs, attrs)
        if self.fills:
            given["data-fills"] = reverse(self.fills)
        html: SafeString = combobox(name, given.pop("id", name), pk, text, reverse(self.source) + self.query, given)
        return html

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(name, ""), " ".join(data.get(f"{name}_text", "").replace("\0", "").split())


class CodeInput(forms.Widget):
    """The name, typed or chosen (``name_text``), and the code of what was chosen (``name``). What is typed decides
    where the two differ, as they do without scripts; either alone will do."""

    def __init__(self, kind: Any, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.kind = kind

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        code = value or ""
        given = self.build_attrs(self.attrs, attrs)
        combobox = engines["jinja2"].env.globals["c"].combobox  # type: ignore[attr-defined]
        source = reverse("choices", args=[self.kind.fetched])
        html: SafeString = combobox(
            name, given.pop("id", name), code, self.kind.named(code), source, given, from_first_letter=True
        )
        return html

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        code, typed = data.get(name), data.get(f"{name}_text")
        if typed is None or (code and " ".join(typed.split()) == self.kind.named(code)):
            return code  # type: ignore[no-any-return]
        return typed  # type: ignore[no-any-return]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data


class Reference(forms.Field):
    """``among`` gives the records to choose from (the database shows only those the user may see);
    ``search`` narrows them by typed text, as the picker does; ``source`` is the picker's view; ``otherwise`` makes a
    new one of words that are no record's name, and says no by Refused."""

    def __init__(
        self,
        *,
        among: Callable[[], QuerySet[Any]],
        search: Callable[[QuerySet[Any], str], QuerySet[Any]],
        source: str,
        otherwise: Callable[[str], Any] | None = None,
        **options: Any,
    ) -> None:
        self.among, self.search, self.otherwise = among, search, otherwise
        super().__init__(widget=ReferenceInput(source), **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return value
        record = value if isinstance(value, Model) else self._by_id(value)
        return (record.pk, str(record)) if record else ("", "")

    def clean(self, value: Any) -> Any:
        """The record; text that fits several is refused with their names, so that nobody guesses."""
        pk, typed = value or ("", "")
        chosen = self._by_id(pk)
        if chosen and typed in ("", str(chosen)):
            return chosen
        if not typed:
            if pk:
                raise ValidationError(_("That record is no longer there, or you may not see it."))
            return super().clean(None)
        found = list(self.search(self.among(), typed)[: NAMED + 1])
        exact = [record for record in found if str(record).lower() == typed.lower()]
        if self.otherwise and not exact:
            return self._made(typed)
        if len(exact or found) == 1:
            return (exact or found)[0]
        words = {"typed": typed, "names": ", ".join(map(str, found[:NAMED]))}
        if not found:
            raise ValidationError(_("Nothing you can choose here is called “%(typed)s”.") % words)
        raise ValidationError(_("“%(typed)s” may be %(names)s. Say which.") % words)

    def _made(self, typed: str) -> Any:
        assert self.otherwise is not None  # noqa: S101 - asked before
        try:
            return self.otherwise(typed)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(tuple(map(str, self.prepare_value(initial))) != tuple(data or ("", "")))

    def _by_id(self, pk: Any) -> Any:
        number = id_in(str(pk or ""))
        return self.among().filter(pk=number).first() if number else None

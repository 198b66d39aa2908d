"""A mapping says which columns of a foreign file fill which fields of a register.

A mapping is a TOML file (`docs` of its keys: `mappings/README.md`). It knows nothing of customers
or sites: the register that takes the rows says which fields and rules there are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sitebook.basics.refused import Refused
from sitebook.values.codes import COUNTRY
from sitebook.values.readers import BadValue

SHIPPED = Path(__file__).parent / "mappings"


@dataclass(frozen=True, slots=True)
class Source:
    """Where one field comes from: fixed text, or columns joined, perhaps with values renamed."""

    columns: tuple[str, ...] = ()
    joined: str = " "
    text: str = ""
    values: Mapping[str, str] | None = None

    def of(self, cells: Mapping[str, str]) -> str:
        if self.text:
            return self.text
        found = self.joined.join(cell for name in self.columns if (cell := cells[name]))
        return self.values.get(found, found) if self.values is not None else found


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A mapping that has been checked: `fields` by section and name, `rules` as the register reads them.

    `columns` are those the file must have, in the order the mapping names them.
    """

    name: str
    title: str
    register: str
    blank: frozenset[str]
    fields: Mapping[str, Mapping[str, tuple[Source, ...]]]
    rules: Mapping[str, Any]
    columns: tuple[str, ...]
    also: Mapping[str, Mapping[str, Collection[str]]] = field(default_factory=dict)
    """Fields whose columns the file may have or not, by section and name: the headings that mean them."""

    def with_headings(self, headings: Iterable[str]) -> FileMapping:
        """The same, with the fields of ``also`` for which the file has a column that means nothing else here."""
        there = {name.casefold(): name for name in headings if name not in self.columns}
        found: dict[str, dict[str, tuple[Source, ...]]] = {part: dict(given) for part, given in self.fields.items()}
        for section, names in self.also.items():
            for name, headed in names.items():
                column = next((there.pop(each.casefold()) for each in headed if each.casefold() in there), None)
                if column and name not in found[section]:
                    found[section][name] = (Source(columns=(column,)),)
        return replace(self, fields=found, columns=tuple(dict.fromkeys(_columns(found))))

    def with_country(self, rule: str) -> FileMapping:
        """The same, with the country of a rule as its code. Raises Refused (bad_mapping) for one nobody knows."""
        try:
            country = COUNTRY.read(self.rules.get(rule, ""))
        except BadValue as fault:
            raise Refused(f"The mapping {self.name}, {rule}: {fault}", code="bad_mapping") from fault
        return replace(self, rules={**self.rules, rule: country}) if country else self

    def column_of(self, section: str, field: str) -> str:
        """The column a refusal of this field should name."""
        columns = (name for source in self.fields[section].get(field, ()) for name in source.columns)
        return next(columns, "")

    def cleaned(self, values: Mapping[str, str]) -> dict[str, str]:
        """The cells this mapping uses, without doubled blanks; those that only say "nothing" empty."""
        cells = {name: " ".join(values[name].split()) for name in self.columns}
        return {name: "" if cell.casefold() in self.blank else cell for name, cell in cells.items()}

    def texts(self, section: str, field: str, cells: Mapping[str, str]) -> list[str]:
        """All texts of a field, in order, empty ones and repetitions left out."""
        found = (source.of(cells) for source in self.fields[section].get(field, ()))
        return list(dict.fromkeys(text for text in found if text))

    def text(self, section: str, field: str, cells: Mapping[str, str]) -> str:
        """The first text of a field that is not empty."""
        for source in self.fields[section].get(field, ()):
            if found := source.of(cells):
                return found
        return ""


def shipped(register: str = "") -> list[str]:
    """The names of the mappings that come with Sitebook, all or those of one register."""
    found = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    return [name for name in found if register in ("", _register_of(SHIPPED / f"{name}.toml"))]


def load(
    name_or_file: str,
    *,
    register: str,
    fields: Mapping[str, Iterable[str]],
    rules: Iterable[str],
    also: Mapping[str, Mapping[str, Collection[str]]] | None = None,
) -> FileMapping:
    """Read a shipped mapping by name, or one's own by path, and check it against what is known.

    ``also``: further fields by section and name, with the headings that mean them where the mapping does not say.
    Raises Refused (bad_mapping) with a sentence that names the key to mend.
    """
    path = _path(name_or_file, register)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"The mapping {path.name} is not valid TOML: {error}.", code="bad_mapping") from error
    if data.get("register") != register:
        raise Refused(
            f"The mapping {path.name} is for '{data.get('register', '')}', not for '{register}'.", code="bad_mapping"
        )
    _refuse_unknown(path, "the mapping", data, _TOP | set(fields))
    _refuse_unknown(path, "[rules]", data.get("rules", {}), set(rules))
    more = also or {}
    sections = {
        section: _section(path, section, _flat(data.get(section, {}), more), {*known, *more.get(section, ())})
        for section, known in fields.items()
    }
    return FileMapping(
        name=path.stem,
        title=data.get("title", path.stem),
        register=register,
        blank=frozenset(word.casefold() for word in data.get("blank", [])),
        fields=sections,
        rules=data.get("rules", {}),
        columns=tuple(dict.fromkeys(_columns(sections))),
        also=more,
    )


def _flat(data: Mapping[str, Any], also: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """TOML reads ``custom.boiler = …`` as a table in a table; here the field is called ``custom.boiler``."""
    inner = {name.partition(".")[0] for names in also.values() for name in names}
    flat: dict[str, Any] = {}
    for name, given in data.items():
        nested = name in inner and isinstance(given, dict)
        flat |= {f"{name}.{part}": one for part, one in given.items()} if nested else {name: given}
    return flat


_TOP = {"title", "register", "source", "licence", "blank", "rules"}


def _columns(sections: Mapping[str, Mapping[str, tuple[Source, ...]]]) -> Iterator[str]:
    for fields in sections.values():
        for sources in fields.values():
            for source in sources:
                yield from source.columns


def _register_of(path: Path) -> str:
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["register"])


def _path(name_or_file: str, register: str) -> Path:
    if name_or_file in shipped():
        return SHIPPED / f"{name_or_file}.toml"
    path = Path(name_or_file)
    if not path.is_file():
        names = ", ".join(shipped(register))
        text = f"There is no mapping '{name_or_file}': give the path of a TOML file, or one of {names}."
        raise Refused(text, code="bad_mapping")
    return path


def _section(path: Path, section: str, data: Mapping[str, Any], known: set[str]) -> dict[str, tuple[Source, ...]]:
    _refuse_unknown(path, f"[{section}]", data, known)
    return {
        field: tuple(
            _source(path, f"{section}.{field}", item) for item in (given if isinstance(given, list) else [given])
        )
        for field, given in data.items()
    }


def _source(path: Path, where: str, given: object) -> Source:
    match given:
        case str() if given:
            return Source(columns=(given,))
        case {"text": str(text), **rest} if text and not rest:
            return Source(text=text)
        case {"column": str(column), **rest} if not set(rest) - {"values"}:
            return Source(columns=(column,), values=_values(path, where, rest.get("values")))
        case {"columns": list(columns), **rest} if columns and not set(rest) - {"joined"}:
            return Source(columns=tuple(map(str, columns)), joined=str(rest.get("joined", " ")))
    raise Refused(
        f"{path.name}, {where}: {given!r} is no source. Write a column's name, {{ text = … }}, "
        "{ column = …, values = { … } } or { columns = […], joined = … }.",
        code="bad_mapping",
    )


def _values(path: Path, where: str, given: object) -> Mapping[str, str] | None:
    if given is None or isinstance(given, dict):
        return given
    raise Refused(f"{path.name}, {where}: 'values' must be a table of old = new.", code="bad_mapping")


def _refuse_unknown(path: Path, where: str, data: Mapping[str, Any], known: set[str]) -> None:
    for key in data:
        if key not in known:
            raise Refused(
                f"{path.name}: {where} has no '{key}'. Known are: {', '.join(sorted(known))}.", code="bad_mapping"
            )

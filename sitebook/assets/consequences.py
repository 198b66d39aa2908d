"""What of assets hangs on a customer, a site, a product, a place of our own, and on an asset."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import ngettext

from sitebook.assets.models import Asset
from sitebook.assets.periods import OwnPlace
from sitebook.customers.models import Customer
from sitebook.products.models import Product
from sitebook.records.consequences import Consequence
from sitebook.records.models import Record
from sitebook.sites.models import Site

_HANGS = {Customer: "owner", Site: "site", Product: "product", OwnPlace: "own_place", Asset: "parent"}
_GOES_ALONG = ("owner", "parent")


def consequences(record: Record, *, on: date) -> list[Consequence]:
    """Assets a customer owns and those mounted on an asset can go along; those that only stand or are so, stay."""
    column = _HANGS.get(type(record))
    if column is None:
        return []
    rows = Asset.objects.current().filter(**{column: record.pk})
    number = rows.count()
    text = {
        "owner": ngettext("%(count)s asset of theirs", "%(count)s assets of theirs", number),
        "site": ngettext("%(count)s asset stands there", "%(count)s assets stand there", number),
        "product": ngettext("%(count)s asset is one", "%(count)s assets are of it", number),
        "own_place": ngettext("%(count)s asset is there", "%(count)s assets are there", number),
        "parent": ngettext("%(count)s asset is mounted on it", "%(count)s assets are mounted on it", number),
    }[column]
    query = "" if column == "parent" else f"?{column}={record.pk}"
    takes = (rows,) if column in _GOES_ALONG else ()
    lines = [_line(f"assets-{column}", text, number, query, takes)]
    if isinstance(record, Customer):
        others = Asset.objects.current().filter(~Q(owner=record.pk) | Q(owner=None), place_customer=record.pk)
        many = others.count()
        said = ngettext("%(count)s asset of others at their sites", "%(count)s assets of others at their sites", many)
        lines.append(_line("assets-at", said, many, f"?at={record.pk}", ()))
    return lines


def _line(key: str, text: str, count: int, query: str, takes: tuple[object, ...]) -> Consequence:
    return Consequence(
        key=key,
        text=text % {"count": count},
        count=count,
        icon="assets",
        takes=takes,  # type: ignore[arg-type]
        view="assets:list" if query else "",
        query=query,
    )

"""How files and programs name the records that an asset names: by code, reference or name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

from sitebook.assets.models import Asset
from sitebook.assets.periods import OwnPlace
from sitebook.customers.models import Customer
from sitebook.products.models import Product
from sitebook.sites.models import Site
from sitebook.values.readers import BadValue


def product(text: str, _row: Mapping[str, Any]) -> Any:
    """By its code, else by its reference."""
    return _only(Product.objects.filter(code__in_any_case=text), text) or _or_refused(
        Product.objects.filter(reference__in_any_case=text), text
    )


def customer(text: str, _row: Mapping[str, Any]) -> Any:
    """By its reference, else by its name."""
    rows = Customer.objects.all()
    return _only(rows.filter(reference=text.upper()), text) or _or_refused(_called(rows, text), text)


def site(text: str, row: Mapping[str, Any]) -> Any:
    """By its reference, else by its code or its name; of the row's owner where it names one that has such a site."""
    rows = Site.objects.all()
    found = _only(rows.filter(reference=text.upper()), text)
    if found is None and row.get("owner"):
        theirs = rows.filter(customer=row["owner"])
        found = _only(_coded(theirs, text), text) or _only(_called(theirs, text), text)
    return found or _only(_coded(rows, text), text) or _or_refused(_called(rows, text), text)


def own_place(text: str, _row: Mapping[str, Any]) -> Any:
    """By its name or reference."""
    return _or_refused(OwnPlace.objects.filter(Q(name__in_any_case=text) | Q(reference__in_any_case=text)), text)


def asset(text: str, _row: Mapping[str, Any]) -> Any:
    """By its reference, else by its serial."""
    return _only(Asset.objects.filter(reference__in_any_case=text), text) or _or_refused(
        Asset.objects.of_serial(text), text
    )


def _coded(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By the code, as its index has it: it holds those that have one."""
    return rows.exclude(code="").filter(code__in_any_case=text)


def _called(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(name_key=Func(Value(text), function="sort_key"), name__in_any_case=text)


def _only(rows: QuerySet[Any], text: str) -> Any:
    """The one record, or None. Raises BadValue where there are several."""
    found = list(rows.order_by("pk")[:2])
    if len(found) > 1:
        raise BadValue(_("“%(text)s” names several. Write the reference instead.") % {"text": text[:60]})
    return found[0] if found else None


def _or_refused(rows: QuerySet[Any], text: str) -> Any:
    found = _only(rows, text)
    if found is None:
        said = {"what": str(rows.model.named.one), "text": text[:60]}
        raise BadValue(_("There is no %(what)s “%(text)s”, or it is not among what you may see.") % said)
    return found

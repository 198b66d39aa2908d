"""Rules about several fields of an asset, and what a product brings with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sitebook.products import specifications
from sitebook.products.classes import ProductClass
from sitebook.products.models import Product


def warranty_begins_before_it_ends(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields."""
    start, end = values.get("warranty_start"), values.get("warranty_end")
    if start and end and end < start:
        return "warranty_end", _("The warranty would end before it begins. Write a later day.")
    return None


def one_place(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields: at a site, at a place of our own, or mounted on another asset."""
    given = [name for name in ("site", "own_place", "parent") if values.get(name)]
    if len(given) > 1:
        return given[1], _("Choose one: a site, a place of our own, or the asset it is mounted on.")
    return None


def following(values: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a product chosen anew brings with it, and what becomes of the specifications. Raises BadField."""
    brings = filled_from_the_product(values, now)
    return {**brings, **specifications.following({**values, **brings}, now)}


def filled_from_the_product(values: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Brand, description and class of a product that is chosen anew, where they are left out (F-418)."""
    product = values.get("product")
    if not isinstance(product, Product) or product.pk in (now.get("product"), now.get("product_id")):
        return {}
    found = ProductClass.objects.filter(pk=product.product_class_id or 0).first()
    brings = {"brand": product.brand, "description": product.description or product.model, "product_class": found}
    return {name: value for name, value in brings.items() if value and not values.get(name)}


def told_to_the_form(product: Product) -> dict[str, str]:
    """What a form fills in when this product is chosen; the class with its number and its name."""
    brings = filled_from_the_product({"product": product}, {})
    found = brings.get("product_class")
    named = {"product_class": str(found.pk), "product_class_text": str(found)} if found else {}
    return {name: str(value) for name, value in brings.items()} | named

"""How what is said of a related product is read, by forms, programs and imports alike."""

from __future__ import annotations

from decimal import Decimal

from sitebook.products.relationships import ProductRelationship
from sitebook.values.kinds import Number, OneOf

KIND = OneOf(choices=tuple(ProductRelationship.Kind.choices), required=True)
YIELD = Number(digits=14, places=3, least=Decimal("0.001"))
QUANTITY = Number(digits=12, places=3, least=Decimal("0.001"), required=True)

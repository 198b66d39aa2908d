"""Addresses of products, their classes and what belongs to them."""

from django.urls import include, path

from sitebook.products.pages import classes, makers, related
from sitebook.products.register import CLASSES, MAKERS, METER_TYPES, PRODUCTS

_FIELDS = [
    path("product-classes/<int:pk>/specifications/new/", classes.new_field, name="new"),
    path("specifications/<int:pk>/", classes.edit_field, name="edit"),
    path("specifications/<int:pk>/up/", classes.move_field, {"up": True}, name="up"),
    path("specifications/<int:pk>/down/", classes.move_field, {"up": False}, name="down"),
    path("specifications/<int:pk>/archive/", classes.archive_field, name="archive"),
    path("specifications/<int:pk>/restore/", classes.restore_field, name="restore"),
]

_RELATED = [
    path("products/<int:pk>/related/", related.related, name="list"),
    path("products/<int:pk>/related/new/", related.new, name="new"),
    path("related-products/<int:pk>/", related.edit, name="edit"),
    path("related-products/<int:pk>/remove/", related.remove, name="remove"),
    path("related-products/export.<str:ending>", related.export, name="export"),
]

_SPELLINGS = [
    path("maker-spellings/", makers.spellings, name="list"),
    path("maker-spellings/<int:pk>/take-apart/", makers.take_apart, name="apart"),
]

urlpatterns = [
    path("", include((PRODUCTS.urls(), PRODUCTS.path))),
    path("", include((CLASSES.urls(record=classes.product_class), CLASSES.path))),
    path("", include((METER_TYPES.urls(), METER_TYPES.path))),
    path("", include((MAKERS.urls(record=makers.maker), MAKERS.path))),
    path("", include((_SPELLINGS, "maker-spellings"))),
    path("", include((_FIELDS, "specifications"))),
    path("", include((_RELATED, "related"))),
]

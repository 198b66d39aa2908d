"""Addresses of products, their classes and what belongs to them."""

from django.urls import include, path

from sitebook.products import views
from sitebook.products.register import CLASSES, PRODUCTS

_FIELDS = [
    path("product-classes/<int:pk>/specifications/new/", views.new_field, name="new"),
    path("specifications/<int:pk>/", views.edit_field, name="edit"),
    path("specifications/<int:pk>/up/", views.move_field, {"up": True}, name="up"),
    path("specifications/<int:pk>/down/", views.move_field, {"up": False}, name="down"),
    path("specifications/<int:pk>/archive/", views.archive_field, name="archive"),
    path("specifications/<int:pk>/restore/", views.restore_field, name="restore"),
]

urlpatterns = [
    path("", include((PRODUCTS.urls(), PRODUCTS.path))),
    path("", include((CLASSES.urls(record=views.product_class), CLASSES.path))),
    path("", include((_FIELDS, "specifications"))),
]

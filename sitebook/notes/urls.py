"""Addresses of this area."""

from django.urls import path

from sitebook.notes import views

app_name = "notes"
urlpatterns = [
    path("notes/<int:pk>/edit/", views.edit, name="edit"),
    path("notes/<int:pk>/pin/", views.pin, {"yes": True}, name="pin"),
    path("notes/<int:pk>/pin/end/", views.pin, {"yes": False}, name="pin-end"),
    path("notes/<int:pk>/remove/", views.remove, name="remove"),
    path("notes/<int:pk>/bring-back/", views.bring_back, name="bring-back"),
]

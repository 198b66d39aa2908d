"""Addresses of this area."""

from django.urls import path

from sitebook.custom_fields import views

app_name = "custom_fields"
urlpatterns = [
    path("settings/fields/", views.fields, name="list"),
    path("settings/fields/new/", views.new, name="new"),
    path("settings/fields/<int:pk>/", views.edit, name="edit"),
    path("settings/fields/<int:pk>/up/", views.move, {"up": True}, name="up"),
    path("settings/fields/<int:pk>/down/", views.move, {"up": False}, name="down"),
    path("settings/fields/<int:pk>/archive/", views.archive, name="archive"),
    path("settings/fields/<int:pk>/restore/", views.restore, name="restore"),
]

"""Addresses of this area."""

from django.urls import path

from sitebook.ui import views

app_name = "ui"
urlpatterns = [
    path("help/<slug:slug>/", views.help_page, name="help"),
    path("help/", views.help_page, {"slug": "index"}, name="help-index"),
]

"""Addresses of this area."""

from django.urls import path

from sitebook.upkeep import views

app_name = "upkeep"
urlpatterns = [path("settings/regular-work/", views.regular_work, name="list")]

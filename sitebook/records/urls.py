"""Addresses that are of no one register."""

from django.urls import path

from sitebook.records.pages import archive

app_name = "records"
urlpatterns = [path("archived/<str:act>/undo/", archive.undo, name="undo")]

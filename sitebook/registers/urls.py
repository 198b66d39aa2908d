"""Addresses that are of no one register."""

from django.urls import path

from sitebook.registers.pages import archive

app_name = "registers"
urlpatterns = [path("archived/<str:act>/undo/", archive.undo, name="undo")]

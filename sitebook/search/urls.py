"""Addresses of this area."""

from django.urls import path

from sitebook.search import views

app_name = "search"
urlpatterns = [path("search/", views.search, name="search")]

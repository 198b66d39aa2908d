"""Addresses of this area."""

from django.urls import path

from sitebook.lists import views

app_name = "lists"
urlpatterns = [
    path("lists/<str:list_key>/save/", views.save, name="save"),
    path("lists/<str:list_key>/default/none/", views.open_whole, name="default-none"),
    path("lists/views/<int:pk>/edit/", views.edit, name="edit"),
    path("lists/views/<int:pk>/filters/", views.take_filters, name="filters"),
    path("lists/views/<int:pk>/default/", views.open_with, name="default"),
    path("lists/views/<int:pk>/remove/", views.remove, name="remove"),
]

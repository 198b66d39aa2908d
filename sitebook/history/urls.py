"""Addresses of this area."""

from django.urls import path

from sitebook.history import views

app_name = "history"
urlpatterns = [
    path("changes/", views.register, name="register"),
    path("changes/<slug:kind>/<int:pk>/", views.record, name="record"),
]

"""Addresses of long lists of choices."""

from django.urls import path

from sitebook.values import views

urlpatterns = [path("choices/<slug:what>/", views.choices, name="choices")]

"""Addresses of this area."""

from django.urls import path

from sitebook.firm import views

app_name = "firm"
urlpatterns = [
    path("welcome/", views.welcome, name="welcome"),
    path("settings/", views.settings, name="settings"),
    path("settings/test-mail/", views.test_mail, name="test-mail"),
]

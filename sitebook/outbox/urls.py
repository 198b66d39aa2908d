"""Addresses of this area."""

from django.urls import path

from sitebook.outbox import views

app_name = "outbox"
urlpatterns = [
    path("settings/webhooks/", views.webhooks, name="list"),
    path("settings/webhooks/new/", views.new, name="new"),
    path("settings/webhooks/<int:pk>/", views.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/edit/", views.edit, name="edit"),
    path("settings/webhooks/<int:pk>/act/", views.act, name="act"),
    path("settings/webhooks/told/<int:pk>/", views.delivery, name="delivery"),
    path("settings/webhooks/told/<int:pk>/again/", views.again, name="again"),
]

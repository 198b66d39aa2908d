"""Addresses of this area."""

from django.urls import path

from sitebook.files import views

app_name = "files"
urlpatterns = [
    path("documents/<int:pk>/preview", views.preview, name="preview"),
    path("documents/<int:pk>/edit/", views.edit, name="edit"),
    path("documents/<int:pk>/place/", views.place, {"yes": True}, name="place"),
    path("documents/<int:pk>/place/end/", views.place, {"yes": False}, name="place-end"),
    path("documents/<int:pk>/remove/", views.remove, name="remove"),
    path("documents/<int:pk>/bring-back/", views.bring_back, name="bring-back"),
    path("documents/<int:pk>/<str:name>", views.content, name="content"),
]

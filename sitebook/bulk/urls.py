"""Addresses of this area."""

from django.urls import path

from sitebook.bulk import views

app_name = "bulk"
urlpatterns = [
    path("bulk/", views.runs, name="runs"),
    path("bulk/<int:pk>/", views.run, name="run"),
    path("bulk/<int:pk>/stop/", views.stop, name="stop"),
    path("bulk/<int:pk>/go-on/", views.go_on, name="go-on"),
    path("bulk/<int:pk>/undo/", views.undo, name="undo"),
    path("bulk/<slug:listed>/", views.ask, name="ask"),
]

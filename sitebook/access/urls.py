"""Addresses of this area."""

from django.urls import path

from sitebook.access import views

app_name = "access"
urlpatterns = [
    path("users/<int:pk>/customers/", views.user, name="user"),
    path("users/<int:pk>/customers/add/", views.add, name="user-add"),
    path("users/<int:pk>/customers/remove/", views.remove, name="user-remove"),
    path("customers/<int:pk>/access/", views.customer, name="customer"),
    path("customers/<int:pk>/access/<int:user_id>/take-back/", views.take_back, name="take-back"),
]

"""Addresses of this area."""

from django.urls import path

from sitebook.access import views

app_name = "access"
urlpatterns = [
    path("users/<int:pk>/customers/", views.user, name="user"),
    path("users/<int:pk>/customers/add/", views.add, name="user-add"),
    path("users/<int:pk>/see-as/", views.see_as, name="see-as"),
    path("users/<int:pk>/see-as/stop/", views.stop_seeing, name="stop-seeing"),
    path("customers/<int:pk>/access/", views.customer, name="customer"),
    path("customers/<int:pk>/access/<int:user_id>/take-back/", views.take_back, name="take-back"),
]

"""Addresses of erasure."""

from django.urls import path

from sitebook.erasure.pages import erasure

app_name = "erasure"
urlpatterns = [
    path("customers/<int:pk>/erase/", erasure.erase_customer, name="customer"),
    path("contacts/<int:pk>/erase/", erasure.erase_contact, name="contact"),
]

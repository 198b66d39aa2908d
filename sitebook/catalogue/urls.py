"""Addresses of the catalogue beside those of its registers."""

from django.urls import path

from sitebook.catalogue.pages import home, links, prices, ticks

app_name = "catalogue"
urlpatterns = [
    path("catalogue/", home.home, name="home"),
    path("activities/<int:pk>/customers/", prices.of_activity, name="activities-customers"),
    path("catalogue/prices/<int:pk>/end/", prices.end, name="price-end"),
    path("customers/<int:pk>/catalogue/activities/", prices.of_customer, name="customer-activities"),
    path("customers/<int:pk>/catalogue/<str:ticks_of>/", ticks.ticks, name="customer-ticks"),
    *links.urls(),
]

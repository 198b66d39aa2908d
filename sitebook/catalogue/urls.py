"""Addresses of the catalogue beside those of its registers."""

from django.urls import path

from sitebook.catalogue.pages import catalogue_copy, check, customer, home, links, prices, ticks
from sitebook.catalogue.ticks import TICKED

app_name = "catalogue"
urlpatterns = [
    path("catalogue/", home.home, name="home"),
    path("catalogue/check/", check.check, name="check"),
    path("activities/<int:pk>/customers/", prices.of_activity, name="activities-customers"),
    path("catalogue/prices/<int:pk>/end/", prices.end, name="price-end"),
    path("customers/<int:pk>/catalogue/", customer.customer_map, name="customer"),
    path("customers/<int:pk>/catalogue/copy/", catalogue_copy.copy, name="customer-copy"),
    path("customers/<int:pk>/catalogue/activities/", prices.of_customer, name="customer-activities"),
    *(
        path(f"customers/<int:pk>/catalogue/{each}/", ticks.ticks, {"ticks_of": each}, name=f"customer-{each}")
        for each in TICKED
    ),
    *links.urls(),
]

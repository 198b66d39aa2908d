"""Addresses of this area."""

from django.urls import path

from sitebook.customers.pages import customers, sites

app_name = "customers"
urlpatterns = [
    path("customers/", customers.customers, name="list"),
    path("customers/new/", customers.new, name="new"),
    path("customers/pick/", customers.pick, name="pick"),
    path("customers/bulk/", customers.bulk, name="bulk"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/sites/", customers.customer_sites, name="customer-sites"),
    path("customers/<int:pk>/history/", customers.customer_history, name="customer-history"),
    path("customers/<int:pk>/edit/", customers.edit, name="edit"),
    path("customers/<int:pk>/archive/", customers.archive, name="archive"),
    path("customers/<int:pk>/restore/", customers.restore, name="restore"),
    path("sites/", sites.sites, name="sites"),
    path("sites/new/", sites.new, name="site-new"),
    path("sites/pick/", sites.pick, name="site-pick"),
    path("sites/bulk/", sites.bulk, name="site-bulk"),
    path("sites/<int:pk>/", sites.site, name="site"),
    path("sites/<int:pk>/history/", sites.site_history, name="site-history"),
    path("sites/<int:pk>/edit/", sites.edit, name="site-edit"),
    path("sites/<int:pk>/archive/", sites.archive, name="site-archive"),
    path("sites/<int:pk>/restore/", sites.restore, name="site-restore"),
]

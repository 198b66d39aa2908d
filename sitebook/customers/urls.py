"""Addresses of this area."""

from django.urls import path

from sitebook.customers.pages import archiving, customers, sites

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
    path("customers/<int:pk>/archive/", archiving.archive_customer, name="archive"),
    path("customers/<int:pk>/restore/", archiving.restore_customer, name="restore"),
    path("sites/", sites.sites, name="sites"),
    path("sites/new/", sites.new, name="site-new"),
    path("sites/pick/", sites.pick, name="site-pick"),
    path("sites/bulk/", sites.bulk, name="site-bulk"),
    path("sites/<int:pk>/", sites.site, name="site"),
    path("sites/<int:pk>/history/", sites.site_history, name="site-history"),
    path("sites/<int:pk>/edit/", sites.edit, name="site-edit"),
    path("sites/<int:pk>/archive/", archiving.archive_site, name="site-archive"),
    path("sites/<int:pk>/restore/", archiving.restore_site, name="site-restore"),
    path("archived/<str:act>/undo/", archiving.undo, name="undo-archive"),
]

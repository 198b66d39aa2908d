"""Addresses of this area."""

from django.urls import path

from sitebook.customers import customer_pages, site_pages

app_name = "customers"
urlpatterns = [
    path("customers/", customer_pages.customers, name="list"),
    path("customers/new/", customer_pages.new, name="new"),
    path("customers/pick/", customer_pages.pick, name="pick"),
    path("customers/bulk/", customer_pages.bulk, name="bulk"),
    path("customers/<int:pk>/", customer_pages.customer, name="customer"),
    path("customers/<int:pk>/sites/", customer_pages.customer_sites, name="customer-sites"),
    path("customers/<int:pk>/history/", customer_pages.customer_history, name="customer-history"),
    path("customers/<int:pk>/edit/", customer_pages.edit, name="edit"),
    path("customers/<int:pk>/archive/", customer_pages.archive, name="archive"),
    path("customers/<int:pk>/restore/", customer_pages.restore, name="restore"),
    path("sites/", site_pages.sites, name="sites"),
    path("sites/new/", site_pages.new, name="site-new"),
    path("sites/pick/", site_pages.pick, name="site-pick"),
    path("sites/bulk/", site_pages.bulk, name="site-bulk"),
    path("sites/<int:pk>/", site_pages.site, name="site"),
    path("sites/<int:pk>/history/", site_pages.site_history, name="site-history"),
    path("sites/<int:pk>/edit/", site_pages.edit, name="site-edit"),
    path("sites/<int:pk>/archive/", site_pages.archive, name="site-archive"),
    path("sites/<int:pk>/restore/", site_pages.restore, name="site-restore"),
]

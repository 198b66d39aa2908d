"""Addresses of assets."""

from django.urls import path

from sitebook.assets.pages import acts, assets, customers_and_assets, labels, materials, meters, panels
from sitebook.assets.register import ASSETS

app_name = "assets"
urlpatterns = [
    path("assets/sites-to-pick/", assets.sites_to_pick, name="sites-to-pick"),
    path("assets/from-product/", assets.from_product, name="from-product"),
    path("customers/<int:pk>/assets/", panels.customer_assets, name="customer-assets"),
    path("sites/<int:pk>/assets/", panels.site_assets, name="site-assets"),
    path("customers-and-assets/", customers_and_assets.customers_and_assets, name="with-customers"),
    path("assets/labels/", labels.labels, name="labels"),
    path("assets/<int:pk>/qr.svg", labels.qr, name="qr"),
    *ASSETS.urls(),
    *acts.urls(),
    *materials.urls(),
    *meters.urls(),
    path("assets/<int:pk>/installation/", assets.installation, name="installation"),
]

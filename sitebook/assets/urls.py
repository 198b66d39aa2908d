"""Addresses of assets."""

from django.urls import path

from sitebook.assets.pages import acts, assets
from sitebook.assets.register import ASSETS

app_name = "assets"
urlpatterns = [
    path("assets/sites-to-pick/", assets.sites_to_pick, name="sites-to-pick"),
    path("assets/from-product/", assets.from_product, name="from-product"),
    *ASSETS.urls(),
    *acts.urls(),
    path("assets/<int:pk>/installation/", assets.installation, name="installation"),
]

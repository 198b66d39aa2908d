"""Addresses of assets."""

from django.urls import path

<<<<<<< HEAD
from sitebook.assets.pages import acts, assets
=======
from sitebook.assets.pages import assets, panels
>>>>>>> d072eb8 (Show a customer's and a site's assets on their pages, and add one there)
from sitebook.assets.register import ASSETS

app_name = "assets"
urlpatterns = [
    path("assets/sites-to-pick/", assets.sites_to_pick, name="sites-to-pick"),
    path("assets/from-product/", assets.from_product, name="from-product"),
    path("customers/<int:pk>/assets/", panels.customer_assets, name="customer-assets"),
    path("sites/<int:pk>/assets/", panels.site_assets, name="site-assets"),
    *ASSETS.urls(),
    *acts.urls(),
    path("assets/<int:pk>/installation/", assets.installation, name="installation"),
]

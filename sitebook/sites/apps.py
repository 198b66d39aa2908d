from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sitebook.sites"
    label = "sites"

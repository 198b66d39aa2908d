from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "sitebook.assets"

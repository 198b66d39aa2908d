from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "sitebook.access"
    label = "access"

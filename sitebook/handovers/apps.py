from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "sitebook.handovers"
    label = "handovers"

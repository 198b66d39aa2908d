from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "sitebook.upkeep"
    label = "upkeep"

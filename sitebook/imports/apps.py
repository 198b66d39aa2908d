from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "sitebook.imports"
    label = "imports"

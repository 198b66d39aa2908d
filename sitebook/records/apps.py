from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "sitebook.records"
    label = "records"

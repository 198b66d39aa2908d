from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "sitebook.history"
    label = "history"

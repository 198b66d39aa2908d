from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "sitebook.notes"
    label = "notes"

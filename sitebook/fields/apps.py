from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "sitebook.fields"

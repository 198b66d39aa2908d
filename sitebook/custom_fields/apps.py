from django.apps import AppConfig


class CustomFieldsConfig(AppConfig):
    name = "sitebook.custom_fields"

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "sitebook.contacts"
    label = "contacts"

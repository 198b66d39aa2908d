from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "sitebook.contacts"
    label = "contacts"

    def ready(self) -> None:
        from sitebook.contacts import of_customers, of_sites  # noqa: F401 - they add to lists below

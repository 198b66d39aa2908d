from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sitebook.sites"
    label = "sites"

    def ready(self) -> None:
        from sitebook.sites import of_customers  # noqa: F401 - it adds to the list of customers

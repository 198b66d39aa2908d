from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "sitebook.assets"

    def ready(self) -> None:
        from sitebook.assets import of_customers  # noqa: F401 - it adds to the list of customers

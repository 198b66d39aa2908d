from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "sitebook.assets"

    def ready(self) -> None:
        from sitebook.assets import materials, meters, of_customers  # noqa: F401 - models of their own; the list of customers

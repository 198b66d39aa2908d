from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "sitebook.products"

    def ready(self) -> None:
        from sitebook.products import relationships  # noqa: F401 - its models belong to this app

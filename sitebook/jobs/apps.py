from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "sitebook.jobs"

    def ready(self) -> None:
        from sitebook.jobs import of_assets  # noqa: F401 - it adds to the page of an asset

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """Comes last of the apps: tells the machinery below what the areas have, once all of them are loaded."""

    name = "sitebook.config"

    def ready(self) -> None:
        from sitebook.bulk.lists import register
        from sitebook.config.bulk import LISTS

        register(LISTS)

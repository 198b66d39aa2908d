from django.apps import AppConfig


class AreasConfig(AppConfig):
    """Comes last of the apps: tells the machinery below what the areas have, once all of them are loaded."""

    name = "sitebook.config"

    def ready(self) -> None:
        from sitebook.assets import along as assets
        from sitebook.bulk import lists
        from sitebook.config.bulk import LISTS
        from sitebook.config.consequences import SOURCES
        from sitebook.handovers import along
        from sitebook.records import consequences

        lists.register(LISTS)
        consequences.register(SOURCES)
        along.register(assets)

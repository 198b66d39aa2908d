from django.apps import AppConfig


class FirmConfig(AppConfig):
    name = "sitebook.firm"
    label = "firm"

    def ready(self) -> None:
        """Every query may ask ``in_any_case``."""
        from sitebook.basics import letter_case  # noqa: F401 - models are there only now

from django.apps import AppConfig


class FirmConfig(AppConfig):
    name = "sitebook.firm"
    label = "firm"

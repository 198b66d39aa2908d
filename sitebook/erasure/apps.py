from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "sitebook.erasure"
    label = "erasure"

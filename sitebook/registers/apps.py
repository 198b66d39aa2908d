from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "sitebook.registers"
    label = "registers"

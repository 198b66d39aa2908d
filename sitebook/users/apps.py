from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "sitebook.users"
    label = "users"

from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "sitebook.users"
    label = "users"

    def ready(self) -> None:
        from sitebook.users.allauth_policies import declare

        declare()

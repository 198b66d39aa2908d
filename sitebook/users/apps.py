from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "sitebook.users"
    label = "users"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_removed
        from django.contrib.auth.signals import user_logged_in

        from sitebook.users.allauth_adapter import revoke_as_asked
        from sitebook.users.allauth_policies import declare
        from sitebook.users.single_sign_on import link_what_waits

        declare()
        user_logged_in.connect(link_what_waits, dispatch_uid="first link")
        authenticator_removed.connect(revoke_as_asked, dispatch_uid="tokens of who removes a second factor")

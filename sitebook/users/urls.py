"""Signing in (django-allauth's views with our pages, only those we use), people, one's own profile."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache

from sitebook.users import single_sign_on, token_pages, views

people = [
    path("users/", views.users, name="list"),
    path("users/new/", views.new_user, name="new"),
    path("users/<int:pk>/", views.user, name="user"),
    path("users/<int:pk>/edit/", views.edit_user, name="edit"),
    path("users/<int:pk>/link/", views.link, name="link"),
    path("users/<int:pk>/sign-out/", views.sign_out, name="sign-out"),
    path("users/<int:pk>/second-factor/", views.factors, name="factors"),
    path("users/<int:pk>/let-link/", views.let_link, name="let-link"),
    path("account/security/single-sign-on/<int:pk>/remove/", views.unlink, name="unlink"),
    path("account/login/single/", views.single_sign_on_begin, name="sso"),
    path("account/login/single/back/", views.single_sign_on_finish, name="sso-callback"),
    path("users/<int:pk>/tokens/", token_pages.user_tokens, name="user-tokens"),
    path("account/profile/", views.profile, name="profile"),
    path("account/tokens/", token_pages.own_tokens, name="tokens"),
    path("account/tokens/new/", token_pages.new_token, name="token-new"),
    path("account/tokens/<int:pk>/revoke/", token_pages.revoke, name="token-revoke"),
]

urlpatterns = [
    path("", include((people, "users"))),
    path(
        "account/login/",
        account.LoginView.as_view(extra_context=single_sign_on.ON_SIGN_IN),
        name="account_login",
    ),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/reset/", account.password_reset, name="account_reset_password"),
    path("account/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/reset/changed/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/login/code/", factors.authenticate, name="mfa_authenticate"),
    path("account/login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("account/security/", views.security, name="mfa_index"),
    path("account/security/app/", never_cache(app.activate_totp), name="mfa_activate_totp"),
    path("account/security/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/security/codes/", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/security/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/security/passkeys/", views.security, name="mfa_list_webauthn"),
    path("account/security/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/security/passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/security/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/sessions/", views.own_sessions, name="usersessions_list"),
]

"""Signing in (django-allauth's views with our pages, only those we use), people, one's own profile."""

from allauth.account import views as account
from django.urls import include, path, re_path

from sitebook.users import views

people = [
    path("users/", views.users, name="list"),
    path("users/new/", views.new_user, name="new"),
    path("users/<int:pk>/", views.user, name="user"),
    path("users/<int:pk>/edit/", views.edit_user, name="edit"),
    path("users/<int:pk>/link/", views.link, name="link"),
    path("users/<int:pk>/sign-out/", views.sign_out, name="sign-out"),
    path("account/profile/", views.profile, name="profile"),
]

urlpatterns = [
    path("", include((people, "users"))),
    path("account/login/", account.login, name="account_login"),
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
    path("account/sessions/", views.own_sessions, name="usersessions_list"),
]

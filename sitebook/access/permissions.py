"""What each role may do: lists in code, read by pages, API and templates alike."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from sitebook.users.models import Role, User


class Permission(StrEnum):
    SEE_CUSTOMERS = "see customers"
    CHANGE_CUSTOMERS = "change customers"
    ARCHIVE_CUSTOMERS = "archive customers"
    CHANGE_CONTACTS = "change contacts"
    ARCHIVE_CONTACTS = "archive contacts"
    CHANGE_SITES = "change sites"
    ARCHIVE_SITES = "archive sites"
    HAND_OVER = "hand sites over"
    SEE_PRODUCTS = "see products"
    CHANGE_PRODUCTS = "change products"
    ARCHIVE_PRODUCTS = "archive products"
    SEE_ASSETS = "see assets"
    CHANGE_ASSETS = "change assets"
    ARCHIVE_ASSETS = "archive assets"
    CHANGE_OWN_PLACES = "change places of our own"
    SEE_CATALOGUE = "see the catalogue"
    CHANGE_CATALOGUE = "change the catalogue"
    SEE_COSTS = "see costs"
    SEE_JOBS = "see jobs"
    WORK_ON_VISITS = "work on visits"
    CHANGE_JOBS = "change jobs"
    REVIEW_JOBS = "review jobs"
    REOPEN_JOBS = "open jobs again"
    ARCHIVE_JOBS = "archive jobs"
    IMPORT = "import files"
    SHARE_VIEWS = "share views of lists"
    ADD_DOCUMENTS = "add documents"
    WRITE_NOTES = "write notes"
    SEE_REMARKS = "see internal remarks"
    GRANT = "say who sees which customer"
    MANAGE_USERS = "manage users"
    SEE_ALL_CHANGES = "see the register of changes"
    CHANGE_FIRM = "change the firm's settings"
    ERASE = "erase personal data"
    MANAGE_WEBHOOKS = "manage webhooks"


_VIEWER = frozenset(
    {
        Permission.SEE_CUSTOMERS,
        Permission.SEE_PRODUCTS,
        Permission.SEE_ASSETS,
        Permission.SEE_CATALOGUE,
        Permission.SEE_JOBS,
    }
)
_ENGINEER = _VIEWER | {Permission.ADD_DOCUMENTS, Permission.WRITE_NOTES, Permission.WORK_ON_VISITS}
_DISPATCHER = _ENGINEER | {
    Permission.CHANGE_SITES,
    Permission.CHANGE_CONTACTS,
    Permission.CHANGE_ASSETS,
    Permission.SEE_REMARKS,
    Permission.CHANGE_JOBS,
}
_OFFICE = _DISPATCHER | {
    Permission.CHANGE_CUSTOMERS,
    Permission.ARCHIVE_CUSTOMERS,
    Permission.ARCHIVE_CONTACTS,
    Permission.ARCHIVE_SITES,
    Permission.HAND_OVER,
    Permission.CHANGE_PRODUCTS,
    Permission.ARCHIVE_PRODUCTS,
    Permission.ARCHIVE_ASSETS,
    Permission.CHANGE_OWN_PLACES,
    Permission.CHANGE_CATALOGUE,
    Permission.SEE_COSTS,
    Permission.REVIEW_JOBS,
    Permission.REOPEN_JOBS,
    Permission.ARCHIVE_JOBS,
    Permission.IMPORT,
    Permission.SHARE_VIEWS,
    Permission.GRANT,
}

ROLES: dict[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.OFFICE: _OFFICE,
    Role.DISPATCHER: _DISPATCHER,
    Role.ENGINEER: _ENGINEER,
    Role.VIEWER: _VIEWER,
}


def may(user: User | AnonymousUser | None, permission: Permission) -> bool:
    """Whether this user's role carries the permission; nobody signed in may nothing."""
    return isinstance(user, User) and user.is_active and permission in ROLES.get(user.role, frozenset())

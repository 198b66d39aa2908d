"""People who sign in: a role says what they may do, grants say which customers they see."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sitebook.basics import email_addresses
from sitebook.basics.named import Named
from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.basics.row_access import SeenBy, everybody, own

# What the database lets nobody change of a user who sees more than they do; by the name the history tells who acted.
SIGN_IN_FIELDS = {"email", "name", "role", "all_customers", "is_active", "may_link_until"}
OUT_OF_REACH = _("%(name)s sees customers you do not see. Ask an administrator who sees all customers.")
_SIGNED_OUT = (_("signed %(record)s out everywhere"), _("signed this user out everywhere"))


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICE = "office", _("Office")
    DISPATCHER = "dispatcher", _("Dispatcher")
    ENGINEER = "engineer", _("Engineer")
    VIEWER = "viewer", _("Viewer")


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new user; without a password nobody can sign in until a reset link was used.

        Raises Refused (email_not_accepted).
        """
        user = self.model(email=email_addresses.normal_form(email), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def of_address(self, typed: object) -> models.QuerySet[User]:
        """Whoever has this address: one user or none. What is no address is nobody's."""
        try:
            return self.filter(email=email_addresses.normal_form(typed))
        except Refused:
            return self.none()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.of_address(username).get()


class User(AbstractBaseUser):
    """``all_customers`` means all present and future ones: an explicit choice, never a default."""

    named = Named(one=_("user"), page="users:user", apart=True)
    seen_by = everybody(
        write="insert, update",
        app="SELECT, UPDATE (password, last_login, name, time_zone, theme, signed_out_at, may_link_until)",
        secret=("password",),
        quiet=("last_login",),
    )

    email = models.EmailField(_("Email"))
    name = models.CharField(_("Name"), max_length=120)
    role = models.CharField(_("Role"), max_length=20, choices=Role, default=Role.VIEWER)
    all_customers = models.BooleanField(_("All customers, present and future"), default=False)
    is_active = models.BooleanField(_("May sign in"), default=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    theme = models.CharField(_("Look"), max_length=5, blank=True, choices=[("light", _("Light")), ("dark", _("Dark"))])
    may_link_until = models.DateTimeField(_("Single sign-on may be linked until"), null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    signed_out_at = models.DateTimeField(_("Signed out everywhere"), null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Users] = Users()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="an_email_belongs_to_one_user"),
            models.CheckConstraint(
                condition=models.Q(email__regex=email_addresses.PATTERN), name="an_email_is_in_normal_form"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_user_has_a_name"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="a_user_has_a_known_role"),
        ]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.email

    @classmethod
    def invite(cls, *, name: str, email: str, role: str, all_customers: bool, is_active: bool = True) -> User:
        """A new user without a password, who sets one by link.

        Raises Refused (email_taken, email_not_accepted), NotAllowed (sees_not_all).
        """
        if all_customers:
            _must_see_all()
        try:
            with transaction.atomic():
                return cls.objects.create_user(
                    email, name=name, role=role, all_customers=all_customers, is_active=is_active
                )
        except IntegrityError as fault:
            raise refusal_of(fault, email) from fault

    def change(self, *, version: int, **values: Any) -> None:
        """Save what differs, if nobody saved since ``version`` was read.

        Raises StaleEdit, Refused (email_taken, email_not_accepted; last_administrator, when nobody would be left to
        manage users) and NotAllowed (sees_more, sees_not_all).
        """
        if "email" in values:
            values["email"] = email_addresses.normal_form(values["email"])
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if not changed:
            return
        if SIGN_IN_FIELDS & set(changed):
            self.must_not_see_more()
        if changed.get("all_customers"):
            _must_see_all()
        try:
            with transaction.atomic():
                count = User.objects.filter(pk=self.pk, version=version).update(**changed)
        except IntegrityError as fault:
            raise refusal_of(fault, values.get("email", self.email)) from fault
        if not count:
            raise StaleEdit(_("Somebody else changed this record while you were editing it."))
        if "email" in changed:
            # django-allauth remembers proven addresses; by a former one nobody signs in or gets a link any more.
            self.emailaddress_set.all().delete()  # type: ignore[attr-defined]
        self.refresh_from_db()

    @property
    def sees_more(self) -> bool:
        """Whether they see a customer that whoever acts does not see. With nobody acting (a command) nobody does."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT acting_user() IS NOT NULL AND NOT users_sees_no_more(%s)", [self.pk])
            return bool(cursor.fetchone()[0])

    def must_not_see_more(self) -> None:
        """Before whoever acts does anything about how this user signs in. Raises NotAllowed (sees_more)."""
        if self.sees_more:
            raise NotAllowed(OUT_OF_REACH % {"name": self}, code="sees_more")

    @staticmethod
    def history_turn(action: str, changes: dict[str, Any]) -> tuple[Any, Any] | None:
        return _SIGNED_OUT if action == "changed" and set(changes) == {"signed_out_at"} else None

    @property
    def initials(self) -> str:
        words = (self.name or self.email).replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class Scope(models.TextChoices):
    """What a token may be used for, beside what its owner may do."""

    READ = "read", _("Read")
    WRITE = "write", _("Add, change, archive, hand over")
    MANAGE = "manage", _("Users and who sees which customer")


class Token(models.Model):
    """A key with which a program acts as its owner, for some time and for some of what the owner may do.

    Only a digest is kept; ``start`` are the first letters, by which people tell tokens apart.
    """

    named = Named(one=_("token"), apart=True)
    seen_by = own(
        also="users_is_administrator() AND users_sees_no_more(user_id)",
        write="insert, update",
        secret=("digest",),
        quiet=("last_used_at",),
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    objects: ClassVar[models.Manager[Token]] = models.Manager()
    name = models.CharField(_("Name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(max_length=12, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("May"))
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("Until"))
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_token_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0, scopes__contained_by=Scope.values),
                name="a_token_is_for_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def history_turn(action: str, changes: dict[str, Any]) -> tuple[Any, Any] | None:
        return _TOKEN_TURNS.get("revoked" if action == "changed" and "revoked_at" in changes else action)


_TOKEN_TURNS = {
    "made": (_("made the %(kind)s of %(record)s"), _("made the %(kind)s")),
    "revoked": (_("revoked the %(kind)s of %(record)s"), _("revoked the %(kind)s")),
}


class PasswordLink(models.Model):
    """A link with which a user sets a password. Making the row is making the link: without it no link opens anything.

    Rows are written by the database's functions only. ``digest``: of the key in the link, which nobody can read again.
    """

    class How(models.TextChoices):
        ASKED = "asked", _("asked for on the sign-in page")
        MAILED = "mailed", _("sent by email")
        SHOWN = "shown", _("shown to who made it")
        PRINTED = "printed", _("printed by a command")

    named = Named(
        one=_("link to set a password"),
        apart=True,
        labels={"used_at": _("Used"), "ended_at": _("Ended")},
        silent=frozenset({"how", "digest"}),
    )
    seen_by = own(secret=("digest",))

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="password_links")
    objects: ClassVar[models.Manager[PasswordLink]] = models.Manager()
    how = models.CharField(_("How"), max_length=10, choices=How)
    digest = models.CharField(max_length=64, editable=False, db_index=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    made_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    @staticmethod
    def history_turn(action: str, changes: dict[str, Any]) -> tuple[Any, Any] | None:
        if action == "made":
            how = PasswordLink.How(changes["how"][1]).label
            return tuple(f"{text}: {how}" for text in _LINK_TURNS["made"])  # type: ignore[return-value]
        return _LINK_TURNS["used" if "used_at" in changes else "ended"]


class PasskeyCounter(models.Model):
    """How often a passkey says it was used: one that says less, or the same, is a copy. Beside the package's row,
    whose changes are told in the history."""

    seen_by = own(signing_in=True, tracked=False)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    passkey = models.OneToOneField("mfa.Authenticator", on_delete=models.CASCADE, related_name="+")
    used = models.BigIntegerField()
    objects: ClassVar[models.Manager[PasskeyCounter]] = models.Manager()


_MAILED = "users_is_administrator() AND (asked_by_id = acting_user() OR users_sees_no_more(user_id))"


class Mail(models.Model):
    """A mail that was asked for and has not gone yet; it is deleted once the mail server took it.

    ``address``: as somebody typed it on the sign-in page, whoever has it. ``fault``: why the last try failed.
    """

    class Kind(models.TextChoices):
        RESET = "reset", _("Link to set a password")
        INVITATION = "invitation", _("Invitation")
        TEST = "test", _("Test mail")

    seen_by = SeenBy(
        few=_MAILED,
        many=_MAILED,
        all="users_is_administrator() OR acting_user() IS NULL",
        write="update, delete",
        tracked=False,
    )

    kind = models.CharField(max_length=12, choices=Kind)
    address = models.CharField(max_length=254, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now(), db_index=True)
    given_up_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True, default="")
    objects: ClassVar[models.Manager[Mail]] = models.Manager()


_LINK_TURNS = {
    "made": (_("made a link to set a password of %(record)s"), _("made a link to set a password")),
    "used": (_("used a link to set a password of %(record)s"), _("used a link to set a password")),
    "ended": (_("ended a link to set a password of %(record)s"), _("ended a link to set a password")),
}


class Counter(models.Model):
    """What is counted or remembered for minutes (``counters``). ``key``: a digest, so that all have one length."""

    seen_by = SeenBy(
        few="false", many="false", all="false", write="", app="SELECT, INSERT, UPDATE, DELETE", tracked=False
    )

    key = models.CharField(max_length=64, primary_key=True)
    period = models.BigIntegerField(db_default=0)
    count = models.BigIntegerField(db_default=0)
    value = models.JSONField(null=True)
    until = models.DateTimeField()


def _must_see_all() -> None:
    """Raises NotAllowed (sees_not_all) unless whoever acts sees every customer; a command does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_may_show_all()")
        if not cursor.fetchone()[0]:
            raise NotAllowed(
                _("Only somebody who sees all customers can let others see all of them."), code="sees_not_all"
            )


def refusal_of(fault: IntegrityError, email: str) -> Exception:
    """The database's no as a sentence; the fault itself when it is not one of ours."""
    if "an_email_belongs_to_one_user" in str(fault):
        text = _("Somebody signs in with %(email)s already. Choose another address.")
        return Refused(text % {"email": email}, code="email_taken")
    if "an_administrator_remains" in str(fault):
        return Refused(
            _("Nobody else is administrator. Make somebody else administrator first."), code="last_administrator"
        )
    return fault

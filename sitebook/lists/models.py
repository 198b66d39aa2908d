"""Saved views: the address of a list under a name, for oneself or shared; and which one opens first for whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.basics.row_access import SeenBy

LONGEST = 2000
# What stands in an address and is no part of what it shows.
PASSING = ("view", "after", "before", "last", "from", "up", "down", "choices", "count")


class TooLong(Refused):
    """More filters than a view can keep."""


class SavedViews(models.QuerySet["SavedView"]):
    def of(self, *, list_key: str, user_id: int) -> models.QuerySet[Any]:
        """Views of one list the reader sees, own ones first."""
        own = models.Case(models.When(owner=user_id, then=0), default=1)
        return self.filter(list_key=list_key).with_defaults(user_id=user_id).order_by(own, Lower("name"), "pk")

    def with_defaults(self, *, user_id: int) -> models.QuerySet[Any]:
        """Each with ``is_default``: whether this user's list opens with it."""
        mine = Default.objects.filter(user=user_id, view=models.OuterRef("pk"))
        return self.annotate(is_default=models.Exists(mine))


class SavedView(models.Model):
    """``query``: what the address says after the question mark, without page and view."""

    seen_by = SeenBy(
        few="shared OR owner_id = acting_user()",
        many="shared OR owner_id = acting_user()",
        all="shared OR owner_id = acting_user() OR acting_user() IS NULL",
    )

    list_key = models.CharField(_("List"), max_length=40)
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(_("Filters, sorting and columns"), max_length=LONGEST, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Owner"), on_delete=models.DO_NOTHING, related_name="+"
    )
    shared = models.BooleanField(_("Shared"), default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = SavedViews.as_manager()

    class Meta:
        db_table = "lists_view"
        verbose_name = _("Saved view")
        constraints = [
            models.UniqueConstraint(
                "owner", "list_key", Lower("name"), name="a_persons_views_of_a_list_have_different_names"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_view_has_a_name"),
        ]
        indexes = [models.Index("list_key", name="views_of_a_list")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(cls, *, list_key: str, name: str, query: str, owner_id: int, shared: bool, may_share: bool) -> SavedView:
        """Raises Refused (name_taken), TooLong, and NotAllowed for a shared one of somebody who may share none."""
        if shared and not may_share:
            raise NotAllowed(gettext("Views are shared by the office and administrators. Save it for yourself."))
        view = cls(list_key=list_key, name=name, query=stated(query), owner_id=owner_id, shared=shared)
        with _one_name(name):
            view.save()
        return view

    @property
    def state(self) -> str:
        """The address of the list with this view, after the question mark."""
        return "&".join(filter(None, [f"view={self.pk}", self.query]))

    def may_be_changed_by(self, user_id: int, *, may_share: bool) -> bool:
        """Its owner; a shared one also by whoever may share, so that it outlives its owner's leaving."""
        return self.owner_id == user_id or (self.shared and may_share)

    def change(self, *, by_id: int, may_share: bool, version: int, **values: Any) -> None:
        """Rename, share, or take other filters. Raises NotAllowed, StaleEdit, Refused (name_taken) and TooLong."""
        self.must_be_changed_by(by_id, may_share=may_share)
        if values.get("shared", self.shared) and not self.shared and not may_share:
            raise NotAllowed(gettext("Views are shared by the office and administrators. Save it for yourself."))
        if "query" in values:
            values["query"] = stated(values["query"])
        with _one_name(values.get("name", self.name)):
            done = SavedView.objects.filter(pk=self.pk, version=version).update(**values)
        if not done:
            raise StaleEdit(gettext("Somebody else changed this view meanwhile. Reload the page and try again."))

    def remove(self, *, by_id: int, may_share: bool) -> None:
        """Take the view away; who opened the list with it finds the whole list again. Raises NotAllowed."""
        self.must_be_changed_by(by_id, may_share=may_share)
        self.delete()

    def must_be_changed_by(self, user_id: int, *, may_share: bool) -> None:
        """Raises NotAllowed."""
        if not self.may_be_changed_by(user_id, may_share=may_share):
            words = {"name": self.name}
            raise NotAllowed(gettext("“%(name)s” belongs to somebody else. Save it as a view of your own.") % words)


class Default(models.Model):
    """The view with which a list opens for somebody. One that is hidden or gone counts as none."""

    seen_by = SeenBy(
        few="user_id = acting_user()",
        many="user_id = acting_user()",
        all="user_id = acting_user() OR acting_user() IS NULL",
        tracked=False,
    )

    # The database keeps users who are named here, and removes the choice with its view: others' choices are hidden.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    list_key = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, on_delete=models.DB_CASCADE, related_name="+")

    class Meta:
        db_table = "lists_default"
        constraints = [
            models.UniqueConstraint("user", "list_key", name="a_list_opens_with_one_view"),
        ]

    def __str__(self) -> str:
        return f"{self.list_key}: {self.view_id}"

    @classmethod
    def choose(cls, view: SavedView, *, user_id: int) -> None:
        """Open the view's list with it from now on."""
        cls.objects.update_or_create(user_id=user_id, list_key=view.list_key, defaults={"view": view})

    @classmethod
    def choose_none(cls, *, list_key: str, user_id: int) -> None:
        cls.objects.filter(user=user_id, list_key=list_key).delete()


def stated(query: str) -> str:
    """What an address says, in one way of writing: no page, no view, nothing empty. Raises TooLong."""
    pairs = [(key, value.replace("\0", "")) for key, value in parse_qsl(query) if key not in PASSING]
    text = urlencode([pair for pair in pairs if pair[1]], quote_via=quote, safe=",")
    if len(text) > LONGEST:
        raise TooLong(
            gettext("These are more filters than a view can keep. Take some away first."), code="view_too_long"
        )
    return text


def same(one: str, other: str) -> bool:
    """Whether two addresses show the same list."""
    return sorted(parse_qsl(one)) == sorted(parse_qsl(other))


@contextmanager
def _one_name(name: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "a_persons_views_of_a_list_have_different_names" not in str(fault):
            raise
        text = gettext("You have a view called “%(name)s” on this list. Choose another name.")
        raise Refused(text % {"name": name}, code="name_taken") from fault

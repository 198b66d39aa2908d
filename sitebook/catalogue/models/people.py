"""Who does the work: teams and resources, what they can do, and whom they serve."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.access.models import Grant
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, by_customer, everybody
from sitebook.catalogue.models.activities import amount
from sitebook.catalogue.models.entry import (
    Entry,
    called,
    not_blank,
    not_negative,
    numbered,
    sorted_by,
    usual_indexes,
)
from sitebook.catalogue.models.work import Service
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.records.models import RecordRows
from sitebook.users.models import User


class ResourceRows(RecordRows["Resource"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Resource(Entry):
    """Somebody or something that is sent: an employee, a subcontractor, a vehicle.

    ``cost_rate``: what an hour costs us, in ``currency``. ``home``: where a day begins. ``user``: who signs in, if it
    is somebody who does.
    """

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        SUBCONTRACTOR = "subcontractor", _("Subcontractor")
        VEHICLE = "vehicle", _("Vehicle")

    named = called(_("resource"), _("Resources"), path="resources", icon="contacts", event="resource")
    seen_by = everybody(nobodys=True, secret=("cost_rate",))
    found_by = FoundBy(words=("reference",), own=CUSTOM_TEXTS, customer="")
    unique = ("a_user_is_one_resource", "user_id")

    reference = numbered("RS", "catalogue_resource")
    name = models.CharField(_("Name"), max_length=100)
    name_key = sorted_by("name")
    kind = models.CharField(_("Kind"), max_length=15, choices=Kind, default=Kind.EMPLOYEE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Signs in as"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
    )
    cost_rate = amount(_("Cost of an hour"))
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")
    home = models.CharField(_("Starts from"), max_length=200, blank=True, default="")

    objects = ResourceRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("user", name="a_user_is_one_resource"),
            not_blank("name", "a_resource_has_a_name"),
            not_negative("cost_rate", name="a_resource_is_not_below_zero"),
            models.CheckConstraint(
                condition=models.Q(cost_rate__isnull=True) | ~models.Q(currency=""),
                name="a_rate_of_a_resource_has_a_currency",
            ),
        ]
        indexes = usual_indexes("resources", "name_key")

    @property
    def aside(self) -> str:
        return f"{self.reference}, {self.get_kind_display()}"

    def _taken(self, column: str, value: str) -> Refused:
        return Refused(say("This user is another resource already. Choose another user, or none."), code="user_taken")


class Skill(models.Model):
    """A service that a resource can do, and what proves it.

    ``valid_until``: the last day the certificate holds; None: for good. From the day after it is not offered.
    """

    named = Named(one=_("service"), labels={"service_id": _("Service")})
    seen_by = everybody(parent=("catalogue_resource", "resource_id"))

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="service_links")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="resource_links")
    certificate = models.CharField(_("Certificate"), max_length=100, blank=True, default="")
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("resource", "service", name="a_resource_has_a_service_once")]


class TeamRows(RecordRows["Team"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Team(Entry):
    """People who do work together. It is offered for a service it has, to the customers it serves.

    ``serves_all``: every customer, present and future.
    """

    named = called(_("team"), _("Teams"), path="teams", icon="contacts", event="team")
    found_by = FoundBy(words=("reference", "description"), own=CUSTOM_TEXTS, customer="")
    unique = ("a_name_names_one_team", "name")

    reference = numbered("TM", "catalogue_team")
    name = models.CharField(_("Name"), max_length=100)
    name_key = sorted_by("name")
    description = models.CharField(_("Description"), max_length=300, blank=True, default="")
    serves_all = models.BooleanField(_("Serves every customer"), default=False)

    objects = TeamRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_names_one_team"),
            not_blank("name", "a_team_has_a_name"),
        ]
        indexes = usual_indexes("teams", "name_key")

    @classmethod
    @transaction.atomic
    def add(cls, **values: Any) -> Team:
        """Make a team. It takes its customers from the user who makes it, once: those granted to them, or every
        customer where they see all. Made at the machine, it serves nobody yet. Raises Refused (name_taken)."""
        team = super().add(**values)
        maker = User.objects.filter(pk=team.created_by_id or 0).first()
        if maker is None:
            return team
        if maker.all_customers:
            team.change(version=team.version, serves_all=True)
            return team
        mine = Grant.objects.filter(user=maker).order_by("customer_id").values_list("customer_id", flat=True)
        TeamCustomer.objects.bulk_create(
            TeamCustomer(team=team, customer_id=pk, origin=TeamCustomer.Origin.MAKER, maker=maker) for pk in mine
        )
        return team


class TeamService(models.Model):
    """A service that a team offers."""

    named = Named(one=_("service"), labels={"service_id": _("Service")})
    seen_by = everybody(parent=("catalogue_team", "team_id"))

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="service_links")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="team_links")

    class Meta:
        constraints = [models.UniqueConstraint("team", "service", name="a_team_has_a_service_once")]


class TeamResource(models.Model):
    """Somebody who belongs to a team."""

    named = Named(one=_("resource"), labels={"resource_id": _("Resource")})
    seen_by = everybody(parent=("catalogue_team", "team_id"))

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="resource_links")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="team_links")

    class Meta:
        constraints = [models.UniqueConstraint("team", "resource", name="a_team_has_a_resource_once")]


class TeamCustomer(models.Model):
    """A customer that a team serves, and how that came about. ``maker``: the user it was taken from."""

    class Origin(models.TextChoices):
        MAKER = "maker", _("taken from who made the team")
        HAND = "hand", _("added by hand")

    named = Named(one=_("customer of a team"), labels={"maker_id": _("Taken from")})
    seen_by = by_customer("customer_id", parent=("catalogue_team", "team_id"))

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="team_links")
    origin = models.CharField(_("How it came"), max_length=10, choices=Origin, default=Origin.HAND)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        constraints = [models.UniqueConstraint("customer", "team", name="a_customer_has_a_team_once")]

"""Contacts are persons; dated roles say what for at a customer or a site, parties who else has to do with a site."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, by_customer
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.records.dated import Dated, DatedRows, lasts_some_time, one_at_a_time
from sitebook.records.models import NotByItself, Reachable, Record, RecordRows, reference_number
from sitebook.sites.models import Handover, Site, had_by, while_theirs


class ContactRows(RecordRows["Contact"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""

    def returning(self) -> RecordRows[Contact]:
        """Nobody who was erased."""
        return self.filter(erased_at__isnull=True)

    def inseparable(self) -> RecordRows[Contact]:
        """Persons who are the customer."""
        return self.filter(is_customer=True)


class Contact(Reachable, Record):
    """A person, of a customer or on their own. Only the name is required.

    ``is_customer``: the person is the customer, an individual; the database keeps the two in step.
    The first of several phones or emails is the primary one.
    """

    named = Named(
        one=_("contact"),
        many=_("Contacts"),
        icon="contacts",
        page="contacts:contact",
        event="contact",
        documents=True,
        custom_fields=True,
        bulk=True,
    )
    goes_along = ngettext_lazy("%(count)s contact goes along", "%(count)s contacts go along", "many")
    seen_by = by_customer("customer_id", nobodys=True)
    found_by = FoundBy(
        words=("reference", "position"), phones=("phones",), emails=("emails",), own=CUSTOM_TEXTS, nobodys=True
    )

    class Consent(models.TextChoices):
        UNKNOWN = "unknown", _("Not asked")
        AGREED = "agreed", _("Agreed to messages")
        REFUSED = "refused", _("Wants no messages")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("P", "contacts_contact_reference"),
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), null=True, on_delete=models.PROTECT, related_name="contacts"
    )
    name = models.CharField(_("Name"), max_length=200)
    name_key = models.GeneratedField(
        expression=models.Func("name", function="sort_key"), output_field=models.TextField(), db_persist=True
    )
    position = models.CharField(_("Position"), max_length=100, blank=True, default="")
    language = models.CharField(_("Language"), max_length=10, blank=True, default="")
    consent = models.CharField(_("Consent to messages"), max_length=10, choices=Consent, default=Consent.UNKNOWN)
    consent_on = models.DateField(_("Consent given or refused on"), null=True, blank=True)
    is_customer = models.BooleanField(default=False, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = ContactRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_contact_has_a_name"),
            models.UniqueConstraint(
                "customer", condition=models.Q(is_customer=True), name="an_individual_has_one_contact_in_step"
            ),
        ]
        indexes = [
            models.Index("name_key", "id", name="contacts_by_name"),
            models.Index("updated_at", "id", name="contacts_by_change"),
            models.Index("created_at", "id", name="contacts_by_addition"),
            models.Index("consent", "id", name="contacts_by_consent"),
            models.Index(Coalesce("customer", -1), name="contacts_by_who_sees_them"),
            GinIndex(fields=["tags"], name="contacts_by_tag"),
            GinIndex(fields=["custom"], name="contacts_by_custom_field"),
            models.Index("updated_at", name="contacts_tagged", condition=~models.Q(tags=[])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def aside(self) -> str:
        """What tells them from their namesakes."""
        customer = self.customer.name if self.customer else ""
        return ", ".join(filter(None, [self.position, customer]))

    @classmethod
    def add(cls, *, name: str, customer: Customer | None = None, **values: Any) -> Contact:
        """Make a contact; without a customer every signed-in user sees it."""
        contact = cls(name=name, customer=customer, **values)
        contact.save(force_insert=True)
        contact.refresh_from_db()
        return contact

    def change(self, *, version: int, **values: Any) -> None:
        """As for every register; an individual's own contact keeps its customer.

        Raises StaleEdit and Refused (contact_is_customer, is_erased).
        """
        if self.erased_at:
            raise Refused(_("%(name)s was erased. Make a new contact instead.") % {"name": self}, code="is_erased")
        if self.is_customer and values.get("customer_id", self.customer_id) != self.customer_id:
            raise Refused(
                _("%(name)s is the customer, and cannot go to another one.") % {"name": self},
                code="contact_is_customer",
            )
        if self.is_customer:  # the database writes the customer too: take it first, as an edit of the customer does
            Customer.objects.select_for_update(no_key=True).filter(pk=self.customer_id or 0).first()
        super().change(version=version, **values)

    def why_not_archive(self) -> Refused | None:
        """An individual's own contact goes only with its customer."""
        if not self.is_customer:
            return None
        text = _("%(name)s is the customer. Archive the customer instead, and the contact goes with it.")
        return Refused(text % {"name": self}, code="contact_is_customer")

    def why_not_restore(self) -> NotByItself | None:
        """Nobody who was erased comes back, and an individual's own contact comes only with its customer."""
        if self.erased_at:
            text = _("%(name)s was erased. What was erased cannot come back.")
            return NotByItself(text % {"name": self}, code="is_erased")
        if self.is_customer and Customer.objects.archived().filter(pk=self.customer_id or 0).exists():
            text = _("%(name)s is the customer. Restore the customer, and the contact comes along.")
            return NotByItself(text % {"name": self}, code="restore_other_first")
        return None


class Role(models.TextChoices):
    """What a contact may be for. A firm may write roles of its own; ``single`` ones one person has at a time."""

    MAIN = "main", _("Main contact")
    BILLING = "billing", _("Billing contact")
    POINT = "point of contact", _("Point of contact")
    MANAGER = "site manager", _("Site manager")
    TECHNICIAN = "lead technician", _("Lead technician")
    ACCOUNTS = "accounts", _("Accounts")
    EMERGENCY = "emergency", _("Emergency")
    KEYS = "key holder", _("Key holder")


SINGLE = (Role.MAIN.value, Role.BILLING.value)


def role_name(role: str, *, at_site: bool) -> str:
    """The role as people read it; the firm's own ones as they were written."""
    if role == Role.MAIN and at_site:
        return gettext("Default contact")
    return str(Role(role).label) if role in Role.values else role


class RoleRows(DatedRows["ContactRole"]):
    def in_force(self, *, on: date) -> Self:
        """Those that count on a day: at a site only while the customer they were written for has it."""
        return super().in_force(on=on).filter(models.Q(site__isnull=True) | while_theirs(on=on))

    def of_in_force(self, customer_ids: list[int], *, on: date) -> Self:
        """Those of these customers that count on a day."""
        theirs = while_theirs(on=on) if len(customer_ids) > 1 else models.Q(site__in=had_by(*customer_ids, on=on))
        return super().in_force(on=on).filter(models.Q(site__isnull=True) | theirs, customer__in=customer_ids)


class ContactRole(Dated):
    """What a contact is for at a customer, or at one of its sites, from when to when.

    ``customer`` is the one whose contact it is: at a site it counts while that customer has the site
    (``ContactRole.objects.in_force``). ``main`` at a customer is the main contact, at a site the default one.
    """

    named = Named(one=_("role"))
    seen_by = by_customer("customer_id", parent=("contacts_contact", "contact_id"))

    history_words = {"role": dict(Role.choices)}

    per = ("customer", "site", "role")
    says = ("contact",)

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="roles")
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="contact_roles",
        db_index=False,  # see ``roles_by_place``
    )
    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="contact_roles")
    role = models.CharField(_("Role"), max_length=60)
    priority = models.PositiveSmallIntegerField(_("Order"), default=1, db_default=1)

    objects = RoleRows.as_manager()

    class Meta:
        indexes = [
            models.Index("role", "contact", name="roles_by_name"),
            models.Index(fields=["customer", "site"], name="roles_by_place"),
            models.Index("role", name="roles_of_ones_own", condition=~models.Q(role__in=[role.value for role in Role])),
        ]
        constraints = [
            lasts_some_time("a_role_lasts_some_time"),
            models.CheckConstraint(condition=~models.Q(role__regex=r"^\s*$"), name="a_role_has_a_name"),
            one_at_a_time(
                "contact", Lower("role"), "customer", Coalesce("site", 0), name="a_contact_has_a_role_once_at_a_time"
            ),
            one_at_a_time(
                "customer",
                Coalesce("site", 0),
                "role",
                name="one_main_and_one_billing_contact_at_a_time",
                condition=models.Q(role__in=SINGLE),
            ),
        ]

    def series(self) -> models.QuerySet[ContactRole]:
        """All times of this role there: of anybody where one person has it at a time, else of this contact."""
        there = ContactRole.objects.filter(customer=self.customer_id, site=self.site_id, role__in_any_case=self.role)
        return there if self.role in SINGLE else there.filter(contact=self.contact_id)

    def __str__(self) -> str:
        return role_name(self.role, at_site=self.site_id is not None)


class PartyRows(DatedRows["SiteParty"]):
    def in_force(self, *, on: date) -> Self:
        """Those that count on a day: only while the customer they were written for has the site."""
        return super().in_force(on=on).filter(while_theirs(on=on))


class SiteParty(Dated):
    """Who else has to do with a site, when: owner, agent, occupier, or who pays instead.

    ``customer`` is the site's customer whose people wrote it down. It counts while that customer has the
    site; at a hand-over what stays true is written anew for the next one.
    """

    named = Named(one=_("party"), labels={"party_id": _("Who it is"), "person_id": _("Who it is")})
    seen_by = by_customer("customer_id", parent=("sites_site", "site_id"))

    per = ("site", "customer", "role", "party", "person")

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner or landlord")
        AGENT = "agent", _("Managing agent")
        OCCUPIER = "occupier", _("Occupier or tenant")
        PAYER = "payer", _("Pays instead")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="parties")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("Role"), max_length=12, choices=Role)
    party = models.ForeignKey(
        Customer, verbose_name=_("Customer"), null=True, on_delete=models.PROTECT, related_name="party_of"
    )
    person = models.ForeignKey(
        Contact, verbose_name=_("Contact"), null=True, on_delete=models.PROTECT, related_name="party_of"
    )
    carried_by = models.ForeignKey(Handover, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)

    objects = PartyRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(party__isnull=True) ^ models.Q(person__isnull=True),
                name="a_party_is_a_customer_or_a_contact",
            ),
            lasts_some_time("a_party_lasts_some_time"),
            one_at_a_time("site", "customer", name="one_pays_instead_at_a_time", condition=models.Q(role="payer")),
            one_at_a_time(
                "site",
                "customer",
                "role",
                Coalesce("party", 0),
                Coalesce("person", 0),
                name="a_party_has_a_role_once_at_a_time",
            ),
        ]

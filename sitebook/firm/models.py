"""The firm that uses Sitebook: exactly one row."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import StaleEdit
from sitebook.basics.row_access import everybody


class Firm(models.Model):
    """Name, country (ISO 3166 alpha-2), zone (IANA), language and currency (ISO 4217)."""

    named = Named(one=_("firm"))
    seen_by = everybody(write="insert, update", app="SELECT")

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("Name of the firm"), max_length=200)
    country = models.CharField(_("Country"), max_length=2)
    time_zone = models.CharField(_("Time zone"), max_length=64)
    language = models.CharField(_("Language"), max_length=10, default="en-gb")
    currency = models.CharField(_("Currency"), max_length=3)
    support_email = models.EmailField(_("Who helps our people"), blank=True)
    confirm_first_link = models.BooleanField(
        _("Ask for the password at the first single sign-on"),
        default=True,
        help_text=_(
            "Or for a passkey. Without it whoever the provider gives somebody's email address comes in as them at once."
        ),
    )
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_firm"),
            models.CheckConstraint(condition=~models.Q(name=""), name="the_firm_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ours(cls) -> Firm | None:
        """The firm, or None before the first-run page was answered."""
        return cls.objects.filter(pk=1).first()

    def change(self, *, version: int, **values: Any) -> None:
        """Save what differs, if nobody saved since ``version`` was read. Raises StaleEdit."""
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if changed and not Firm.objects.filter(pk=self.pk, version=version).update(**changed):
            raise StaleEdit(_("Somebody else changed the settings meanwhile. Reload the page to see them."))
        self.refresh_from_db()

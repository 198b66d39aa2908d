"""Areas inside a site, as a tree, and positions in them: the place itself, whoever has it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.row_access import by_parent
from sitebook.customers.models.sites import Site


class Area(models.Model):
    """A building, floor or room inside a site. The parent is in the same site; the database holds it."""

    named = Named(one=_("area"))
    seen_by = by_parent("customers_site", "site_id", of_place=True)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="areas")
    parent = models.ForeignKey(
        "self", verbose_name=_("Inside"), null=True, on_delete=models.PROTECT, related_name="inner"
    )
    name = models.CharField(_("Name"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=60, blank=True, default="")
    notes = models.CharField(_("Notes"), max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="an_area_has_a_name"),
            models.UniqueConstraint(
                "site", "parent", Lower("name"), name="an_area_is_named_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A role a unit fills in a place ("Boiler 1"); it outlives the unit."""

    named = Named(one=_("position"))
    seen_by = by_parent("customers_site", "site_id", of_place=True)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="positions")
    area = models.ForeignKey(
        Area, verbose_name=_("Area"), null=True, on_delete=models.PROTECT, related_name="positions"
    )
    name = models.CharField(_("Name"), max_length=100)
    tag_number = models.CharField(_("Tag number"), max_length=60, blank=True, default="")
    product_class = models.CharField(_("Kind of equipment"), max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_position_has_a_name"),
            models.UniqueConstraint(
                "site", "area", Lower("name"), name="a_position_is_named_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                "site",
                Upper("tag_number"),
                condition=~models.Q(tag_number=""),
                name="a_tag_number_is_unique_in_the_site",
            ),
        ]

    def __str__(self) -> str:
        return self.name

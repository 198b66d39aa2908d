"""Where a site is on the map: whole numbers in the square that web maps draw the world in, made by the database from
its coordinates. Cells of a grid are found and counted by them without any computing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sitebook.lists.maps import BITS

# The Mercator square ends here: nearer to the poles everything lies on its edge.
_NORTHMOST = 85.05112878
_SIDE = 2**BITS
_X = f"least(floor((longitude::float8 + 180) / 360 * {_SIDE})::int, {_SIDE - 1})"
_SINE = f"sin(radians(least(greatest(latitude::float8, -{_NORTHMOST}), {_NORTHMOST})))"
_Y = f"least(greatest(floor((0.5 - ln((1 + {_SINE}) / (1 - {_SINE})) / (4 * pi())) * {_SIDE})::int, 0), {_SIDE - 1})"


def _number(column: str, template: str, label: Any) -> models.GeneratedField:
    whole = f"CASE WHEN {column} IS NOT NULL THEN {template} END"
    expression = models.Func(template=whole, output_field=models.IntegerField())
    output: Any = models.IntegerField(null=True)
    return models.GeneratedField(verbose_name=label, expression=expression, output_field=output, db_persist=True)


class OnTheMap(models.Model):
    """A record with ``latitude`` and ``longitude``."""

    map_x = _number("longitude", _X, _("Across the map"))
    map_y = _number("latitude", _Y, _("Down the map"))

    class Meta:
        abstract = True


BY_PLACE = models.Index("map_x", "map_y", name="sites_on_the_map", condition=models.Q(map_x__isnull=False))


def called(sites: Any, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Name and town of these sites, as far as the reader sees them."""
    found = sites.filter(pk__in=ids).values_list("pk", "name", "town")
    return {pk: (name, town) for pk, name, town in found}

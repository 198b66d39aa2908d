"""The register of our own firm's places: stores, vans and workshops."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.assets.periods import OwnPlace
from sitebook.registers.field import Field
from sitebook.registers.register import Register

OWN_PLACES = Register(
    model=OwnPlace,
    path="own-places",
    see=Permission.SEE_ASSETS,
    change=Permission.CHANGE_OWN_PLACES,
    archive=Permission.CHANGE_OWN_PLACES,
    fields=[Field("name", sort="name_key", key=True), Field("kind", column="p2", sort=True, filter=True)],
    in_rail=False,
    new_label=_("New place of our own"),
    selected_label=_("Selected places"),
    empty=(_("Where do you keep assets?"), _("A store, a van or a workshop of your own firm.")),
    help="assets",
)

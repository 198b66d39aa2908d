"""What the history says of a site as a whole, in the register of changes and on the site's own page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

HANDED: dict[str, tuple[Any, Any]] = {
    "handed over": (_("handed over %(record)s"), _("handed this site over")),
    "vacated": (_("left %(record)s vacant"), _("left this site vacant")),
    "split": (_("split a part off %(record)s"), _("split a part off this site")),
    "joined": (_("joined %(record)s into another site"), _("joined this site into another one")),
    "taken back": (_("took back what was done to %(record)s"), _("took back what was done to this site")),
    "corrected": (_("corrected the hand-over of %(record)s"), _("corrected the hand-over of this site")),
}
PERIOD = _("changed until when %(record)s was its customer’s"), _("changed until when it was the customer’s")

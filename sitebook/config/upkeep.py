"""All regular work, each piece declared once: add a line when an area has some.

Times of day are UTC. Whatever was missed while Sitebook was off is caught up at the next start. What has an end (a
session, a link, the way back of a bulk change) ends by its date, where it is asked for; the work here only clears away,
and what clears waits a day when the clock has jumped ahead.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sitebook.api import tasks as api
from sitebook.bulk import tasks as bulk
from sitebook.files import tasks as files
from sitebook.history import tasks as history
from sitebook.outbox import tasks as outbox
from sitebook.upkeep.duties import DAY, Duty
from sitebook.users import tasks as users

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(hour: int, minute: int = 0) -> timedelta:
    return timedelta(hours=hour, minutes=minute)


Clear = partial(Duty, every=DAY, clears=True)
# Where the settings name an address for it.
MAIL_HEAD = Duty(
    name="history.mail", label=_("Mail the head of the history"), every=DAY, offset=at(4), do=history.mail_head
)
DUTIES = (
    Duty(name="history.seal", label=_("Seal the history"), every=10 * MINUTE, do=history.seal_now),
    Duty(name="history.months", label=_("Prepare the history’s next months"), every=HOUR, do=history.prepare),
    Duty(name="bulk.watch", label=_("Resume bulk changes that were interrupted"), every=MINUTE, do=bulk.watch),
    Clear(name="bulk.purge", label=_("Clear old bulk changes"), offset=at(2, 20), do=bulk.purge),
    Clear(name="api.purge", label=_("Clear answers kept for repeats"), every=HOUR, offset=at(0, 25), do=api.purge),
    Clear(name="files.sweep", label=_("Clear files without a document"), offset=at(2, 40), do=files.sweep),
    Clear(name="outbox.purge", label=_("Clear old webhook deliveries"), offset=at(2, 50), do=outbox.purge),
    Clear(name="users.purge", label=_("Clear sessions that are over"), offset=at(3), do=users.purge),
    Duty(name="users.counts", label=_("Clear old sign-in attempts"), every=10 * MINUTE, do=users.forget_counts),
    *([MAIL_HEAD] if settings.HISTORY_HEAD_TO else ()),
)

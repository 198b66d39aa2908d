"""Runs in the background, as the user who ordered them; taken up again when the worker was killed."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.bulk import runner
from sitebook.bulk.models import KEPT, Run
from sitebook.firm.models import Firm
from sitebook.ui import current
from sitebook.users.locale import zone_of

QUEUE = "bulk"
# A run that nobody touched for so long has lost its worker.
LOST_AFTER = timedelta(seconds=45)
TURN = 15.0
"""Seconds after which a long run lets other work of the worker go first."""
log = logging.getLogger("sitebook.bulk")


@app.task(queue=QUEUE, name="sitebook.bulk.work", pass_context=False)
def work(pk: int) -> None:
    """The batches of a run, one transaction each. After its turn the run waits behind other work."""
    until = time.monotonic() + TURN
    while step(pk):
        if time.monotonic() > until:
            work.defer(pk=pk)
            return


def watch(now: datetime) -> str:
    """Take up runs whose worker was killed: what is done is done, and nothing is done twice."""
    lost = _lost(now)
    for pk in lost:
        work(pk)
    return f"{len(lost)} runs taken up" if lost else ""


def purge(now: datetime) -> str:
    """Forget runs that can neither be looked at nor undone any more."""
    with acting(everything=True, via="worker"):
        old = Run.objects.filter(made_at__lt=now - KEPT)
        count, _kinds = old.exclude(state__in=Run.ACTIVE).delete()
    return f"{count} old rows of bulk runs removed"


def step(pk: int) -> bool:
    """The next batch of a run, as its user. Returns whether there is more to do."""
    with acting(everything=True, via="worker"):
        run = Run.objects.light().active().filter(pk=pk).first()
        firm = Firm.ours()
    if run is None:
        return False
    current.use_country(firm.country if firm else "")
    zone = zone_of(run.user.time_zone or (firm.time_zone if firm else ""))
    with translation.override(firm.language if firm else None), timezone.override(zone):
        try:
            return runner.again_when_crossed(lambda: _batch(run))
        except Refused as refusal:
            _end(run, str(refusal), Run.State.STOPPED)
        except Exception:
            log.exception("run %s broke off", pk)
            said = _("Something broke on our side. What is done so far stays done; what was under way is not.")
            _end(run, said, Run.State.FAILED)
    return False


def _batch(run: Run) -> bool:
    with acting(user=run.user, via="worker", request_id=run.name):
        locked = Run.objects.light().active().select_for_update(of=("self",), skip_locked=True)
        mine = locked.filter(pk=run.pk).first()
        if mine is None:  # over by now, or another worker is at it
            return False
        runner.must_still_may(mine)
        runner.batch(mine, at=timezone.now(), on=timezone.localdate())
        return mine.is_active


def _end(run: Run, said: str, state: str) -> None:
    with acting(everything=True, via="worker"):
        run.stop(at=timezone.now(), why=said, state=state)


def _lost(now: datetime) -> list[int]:
    with transaction.atomic(), acting(everything=True, via="worker"):
        # A clock that ran ahead leaves times to come: nobody is at such a run either.
        untouched = Q(touched_at__lt=now - LOST_AFTER) | Q(touched_at__gt=now + LOST_AFTER)
        rows = Run.objects.active().filter(untouched)
        return list(rows.order_by("pk").values_list("pk", flat=True))

"""Doing a run: at once or in batches, each a transaction of its own, going on where it was however it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from sitebook.access.identity import because
from sitebook.access.permissions import may
from sitebook.basics.refused import NotAllowed, Refused
from sitebook.bulk.actions import BulkAction, Done, Order
from sitebook.bulk.lists import action_called
from sitebook.bulk.models import KEPT, Outcome, Run
from sitebook.users.models import User

AT_ONCE = 500
"""Up to so many records are done while the user waits; more in batches of as many, in the background."""
TRIES = 5
_CROSSED = ("40P01", "40001")


def begin(
    *,
    user: User,
    action: BulkAction,
    values: dict[str, Any],
    ids: Sequence[int],
    title: str,
    name: str,
    at: datetime,
    on: date,
    listed: str,
    address: str = "",
    words: str = "",
) -> Run:
    """Fix the records, and do the action to all of them when they are few; else the run waits for the worker.

    Raises NotAllowed.
    """
    _must_may(user, action)
    run = Run.objects.create(
        user=user,
        listed=listed,
        kind=action.kind._meta.db_table,
        action=action.key,
        values=values,
        title=title[:300],
        address=address,
        words=words,
        name=name,
        ids=sorted(set(ids)),
        chosen=len(set(ids)),
    )
    return _first(run, at=at, on=on)


def begin_undo(run: Run, *, user: User, name: str, at: datetime, on: date) -> Run:
    """Put back what a run changed, in a run of its own.

    Raises NotAllowed and Refused (undo_of_undo, undo_over, run_under_way, nothing_to_undo, already_undone).
    """
    _must_may(user, action_of(run))
    run = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.undo_of_id:
        raise Refused(
            _("“%(title)s” is an undo itself. Do it anew from the list instead.") % {"title": run}, code="undo_of_undo"
        )
    if run.made_at < at - KEPT:
        raise Refused(
            _("“%(title)s” is longer ago than %(days)s days and cannot be undone any more.")
            % {"title": run, "days": KEPT.days},
            code="undo_over",
        )
    if run.is_active:
        raise Refused(
            _("“%(title)s” is still under way. Stop it first, then undo it.") % {"title": run}, code="run_under_way"
        )
    ids = list(
        run.outcomes.filter(result=Outcome.Result.CHANGED).order_by("record_id").values_list("record_id", flat=True)
    )
    if not ids:
        raise Refused(_("“%(title)s” changed nothing that could be put back.") % {"title": run}, code="nothing_to_undo")
    try:
        with transaction.atomic():
            undoing = Run.objects.create(
                user=user,
                listed=run.listed,
                kind=run.kind,
                action=run.action,
                values=run.values,
                title=(_("Undo: %(title)s") % {"title": run})[:300],
                name=name,
                ids=ids,
                chosen=len(ids),
                undo_of=run,
            )
    except IntegrityError as fault:
        if "a_run_is_undone_once" not in str(fault):
            raise
        raise Refused(_("“%(title)s” is undone already.") % {"title": run}, code="already_undone") from fault
    return _first(undoing, at=at, on=on)


def _first(run: Run, *, at: datetime, on: date) -> Run:
    if run.chosen <= AT_ONCE:
        again_when_crossed(lambda: batch(run, at=at, on=on))
    return run


def again_when_crossed[T](action: Callable[[], T]) -> T:
    """Do it in a transaction, and again when two of them waited for each other in a circle."""
    for tries in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return action()
        except OperationalError as fault:
            if tries == TRIES or getattr(fault.__cause__, "sqlstate", "") not in _CROSSED:
                raise
    raise AssertionError  # the last try returns or raises


def batch(run: Run, *, at: datetime, on: date) -> None:
    """Do the next records of a run, locked by whoever calls; note what became of each in the same transaction."""
    because(run.reason)
    run.refresh_from_db(fields=["reached", "changed", "unchanged", "refused"])
    ids = _next(run)
    order = Order(values=run.values, name=_name(run), by_id=run.user_id, at=at, on=on)
    action = action_of(run)
    done = action.undo(_before(run, ids), order) if run.undo_of_id else action.do(ids, order)
    _note(run, action, ids, done)
    over = run.reached >= run.chosen
    run.state = run.State.DONE if over else run.State.RUNNING
    run.touched_at, run.ended_at = at, at if over else None
    run.save(update_fields=["reached", "changed", "unchanged", "refused", "state", "touched_at", "ended_at"])


def must_still_may(run: Run) -> None:
    """Asked before each batch, for rights may be taken away meanwhile. Raises NotAllowed."""
    _must_may(run.user, action_of(run))


def action_of(run: Run) -> BulkAction:
    """The action a run is made of. Raises Refused (action_not_offered) when this version does not know it any more."""
    found = action_called(run.listed, run.action)
    if found is None:
        text = _(
            "Sitebook does not offer “%(title)s” any more. If it is about one of your firm’s custom fields, restore"
            " that field first."
        )
        raise Refused(text % {"title": run}, code="action_not_offered")
    return found


def _must_may(user: User, action: BulkAction) -> None:
    if not may(user, action.needs):
        words = {"act": action.label, "user": user}
        raise NotAllowed(_("The role of %(user)s does not allow “%(act)s”. An administrator can change that.") % words)


def _next(run: Run) -> list[int]:
    part = f"ids__{run.reached}_{run.reached + AT_ONCE}"
    return list(Run.objects.filter(pk=run.pk).values_list(part, flat=True).get() or ())


def _name(run: Run) -> str:
    """What an undo looks for bears the name of what it undoes."""
    return run.undo_of.name if run.undo_of else run.name


def _before(run: Run, ids: Sequence[int]) -> dict[int, Any]:
    rows = Outcome.objects.filter(run=run.undo_of_id, record_id__in=ids, result=Outcome.Result.CHANGED)
    return dict(rows.order_by("record_id").values_list("record_id", "before"))


def _note(run: Run, action: BulkAction, ids: Sequence[int], done: Done) -> None:
    """A record that is gone, or not seen any more, is counted as refused and not named."""
    there = set(action.kind._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
    changed = {pk: before for pk, before in done.changed.items() if pk in there}
    refused = {pk: why for pk, why in done.refused.items() if pk in there}
    results = Outcome.Result
    Outcome.objects.bulk_create(
        [
            *(Outcome(run=run, kind=run.kind, record_id=pk, result=results.CHANGED, before=each)
              for pk, each in changed.items()),
            *(Outcome(run=run, kind=run.kind, record_id=pk, result=results.REFUSED, why=why)
              for pk, why in refused.items()),
        ]
    )  # fmt: skip
    lost = len(set(ids) - there)
    run.reached += len(ids)
    run.changed += len(changed)
    run.refused += len(refused) + lost
    run.unchanged += len(ids) - len(changed) - len(refused) - lost

"""The question before an action on many records, and the page of its run. Views may look up to the lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.named import named
from sitebook.basics.refused import Refused
from sitebook.bulk import runner
from sitebook.bulk.actions import BulkAction
from sitebook.bulk.list_pages import page_of, rows_at
from sitebook.bulk.lists import BulkList, list_called
from sitebook.bulk.models import Outcome, Run
from sitebook.bulk.tasks import work
from sitebook.customers.models import Customer
from sitebook.history.labels import kinds
from sitebook.search.queries import holding
from sitebook.ui.filters import Choice
from sitebook.ui.formats import number
from sitebook.ui.listing import Column, Listing
from sitebook.ui.render import go, show
from sitebook.users.models import User

ACTIONS = (
    Permission.CHANGE_PRODUCTS,
    Permission.ARCHIVE_PRODUCTS,
    Permission.CHANGE_CUSTOMERS,
    Permission.CHANGE_SITES,
    Permission.CHANGE_CONTACTS,
    Permission.ARCHIVE_CUSTOMERS,
    Permission.ARCHIVE_SITES,
    Permission.ARCHIVE_CONTACTS,
    Permission.GRANT,
)
MOST_TICKED = 500
RUNS = Listing(
    columns=[
        Column(key="what", label=lazy("What"), look="grow l1"),
        Column(key="who", label=lazy("Who"), look="p2"),
        Column(key="state", label=lazy("State"), look="r1"),
        Column(key="changed", label=lazy("Changed"), numeric=True, look="r2"),
        Column(key="refused", label=lazy("Refused"), numeric=True, look="p2"),
        Column(key="time", label=lazy("Time"), sort=("id",), numeric=True, look="l2", first_descending=True),
    ],
    order="-time",
    search=lambda runs, text: runs.filter(title__icontains=text),
    filters=[Choice("state", lazy("State"), Run.State.choices)],
)
OUTCOMES = Listing(
    columns=[
        Column(key="record", label=lazy("Record"), sort=("record_id",), look="l1"),
        Column(key="result", label=lazy("Result"), sort=("result",), look="r1", first_descending=True),
        Column(key="why", label=lazy("Why"), look="grow l2"),
    ],
    order="-result,record",
    search=lambda outcomes, text: outcomes.filter(record_id__in=_called(outcomes, text)),
    filters=[Choice("result", lazy("Result"), Outcome.Result.choices)],
)


def _called(outcomes: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The ids of what is found by this text, among the kind of records these outcomes are about."""
    one = outcomes.first()
    rows = kinds()[one.kind if one else Customer._meta.db_table]._default_manager.all()
    return holding(rows, text).values("pk")


@dataclass(frozen=True)
class Chosen:
    """The rows an action is meant for: the ticked ones, or all that match the list's ``address``. ``carried``: what the
    next form must carry along to mean the same."""

    many: BulkList
    rows: QuerySet[Any]
    address: str
    words: str
    every: bool
    of: int | None
    carried: list[tuple[str, str]]

    @property
    def back(self) -> str:
        return page_of(self.many, self.address, self.of)


@page(may=ACTIONS)
def ask(request: HttpRequest, listed: str) -> HttpResponse:
    """From the bar of a selection: at once when all is said and only ticked rows are meant, else asked first."""
    many = list_called(listed)
    if many is None:
        raise Http404
    if request.method != "POST":
        return go(request, page_of(many, "", _number(request.GET.get("of", ""))))
    chosen = _chosen(request, many)
    key = request.POST.get("act", "")
    if not key:
        return _choose(request, chosen)
    action = _action(request, many, key)
    target = action.reach(chosen.rows) if action.reach else chosen.rows
    count, meant = target.order_by().count(), chosen.rows.order_by().count()
    form = action.form(request.POST if _is_said(request, action) else None)
    sure = _number(request.POST.get("confirmed", ""))
    asks = chosen.every or "ask" in request.POST or sure is not None
    if (form is None or form.is_valid()) and (sure == count or not asks):
        return _begin(request, chosen, action, form, target)
    context = {
        "chosen": chosen, "action": action, "form": form, "count": count, "meant": many.count(meant),
        "moved": sure is not None and sure != count, "reached": action.kind is not many.kind,
        "touched": action.touched(target), "help": "bulk",
    }  # fmt: skip
    wrong = form is not None and bool(form.errors)
    return show(request, "bulk/ask.html", context, status=422 if wrong else 200)


def _choose(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    """Everything that can be done to them, under its headings."""
    groups: dict[str, list[BulkAction]] = {}
    for action in chosen.many.every_action():
        if may(_user(request), action.needs):
            groups.setdefault(str(action.group), []).append(action)
    meant = chosen.many.count(chosen.rows.order_by().count())
    context = {"chosen": chosen, "groups": groups, "meant": meant, "help": "bulk"}
    return show(request, "bulk/choose.html", context)


def _begin(
    request: HttpRequest, chosen: Chosen, action: BulkAction, form: forms.Form | None, target: QuerySet[Any]
) -> HttpResponse:
    ids = list(target.order_by().values_list("pk", flat=True))
    many = chosen.many.count(chosen.rows.order_by().count())
    if action.kind is not chosen.many.kind:
        many = _("the customers of %(sites)s") % {"sites": many}
    values = action.values(form)
    run = runner.begin(
        user=_user(request),
        action=action,
        values=values,
        ids=ids,
        title=action.title(values, many),
        name=_name(request),
        at=timezone.now(),
        on=timezone.localdate(),
        listed=chosen.many.key,
        address=chosen.back if chosen.every else "",
        words=chosen.words,
    )
    return _on(request, run, chosen.back)


def _on(request: HttpRequest, run: Run, back: str) -> HttpResponse:
    """To its page while it is under way or where something was refused, else back to the list with the way to undo."""
    here = reverse("bulk:run", args=[run.pk])
    if run.is_active:
        work.defer(pk=run.pk)
        return go(request, here)
    undo = reverse("bulk:undo", args=[run.pk]) if run.changed and run.undo_of_id is None else ""
    messages.success(request, said(run), extra_tags=undo)
    return go(request, here if run.refused else back)


def said(run: Run) -> str:
    """How it ended, in one sentence."""
    parts = [
        (run.changed, _("%(count)s changed")),
        (run.unchanged, _("%(count)s were so already")),
        (run.refused, _("%(count)s refused")),
    ]
    told = [text % {"count": number(count)} for count, text in parts if count] or [_("nothing to change")]
    return f"{run.title}: {', '.join(told)}."


@page(may=ACTIONS)
def runs(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    listed = RUNS.page(request.GET, request.path, Run.objects.of(user).light())
    return show(request, "bulk/runs.html", {"page": listed, "tones": TONES, "help": "bulk"}, block="list")


@page(may=ACTIONS)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    context: dict[str, Any] = {"run": found, "undoing": found.undone_by.light().first(), "tones": TONES, "help": "bulk"}
    context |= {"page": None, "names": {}, "view": named(found.kind).page, "own": found.user_id == request.user.pk}
    context["undoable"] = found.may_be_undone(timezone.now())
    if not found.is_active:
        listed = OUTCOMES.page(request.GET, request.path, found.outcomes.all())
        ids = [row.record_id for row in listed.rows]
        context |= {"page": listed, "names": kinds()[found.kind]._default_manager.in_bulk(ids)}
    return show(request, "bulk/run.html", context, block="run")


TONES = {"waiting": "news", "running": "news", "done": "good", "stopped": "attention", "failed": "bad"}


@page(may=ACTIONS)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    if not found.stop(at=timezone.now(), why=_("Stopped by %(name)s.") % {"name": request.user}):
        raise Refused(_("“%(title)s” is over already.") % {"title": found}, code="run_over")
    return go(request, reverse("bulk:run", args=[pk]))


@page(may=ACTIONS)
@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    found.go_on(at=timezone.now())
    work.defer(pk=found.pk)
    return go(request, reverse("bulk:run", args=[pk]))


@page(may=ACTIONS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    now, today = timezone.now(), timezone.localdate()
    undoing = runner.begin_undo(found, user=_user(request), name=_name(request), at=now, on=today)
    return _on(request, undoing, reverse("bulk:run", args=[pk]))


def _one(request: HttpRequest, pk: int) -> Run:
    return get_object_or_404(Run.objects.of(_user(request)).light(), pk=pk)


def _mine(request: HttpRequest, pk: int) -> Run:
    """Only who ordered a run takes it up or back: it acts with their rights."""
    found = _one(request, pk)
    if found.user_id != request.user.pk:
        raise Refused(_("Only %(name)s can do this: it was their order.") % {"name": found.user}, code="not_your_run")
    return found


def _chosen(request: HttpRequest, many: BulkList) -> Chosen:
    """What the form means. Raises Refused when it means nothing."""
    sent = request.POST
    address, of = sent.get("address", ""), _number(sent.get("of", ""))
    carried = [("address", address), ("of", str(of or ""))]
    if "all" in sent:
        rows, words = rows_at(many, address, of, on=timezone.localdate())
        return Chosen(many, rows, address, words, True, of, [*carried, ("all", "1")])
    ids = [pk for pk in map(_number, sent.getlist("pick")) if pk is not None]
    if len(ids) > MOST_TICKED:
        text = _("At most %(most)s can be ticked; these are %(count)s. Narrow the list and take all that match.")
        raise Refused(text % {"most": MOST_TICKED, "count": len(ids)}, code="too_many_selected")
    rows = many.kind._default_manager.filter(pk__in=ids)
    if not rows.exists():
        raise Refused(_("Tick the rows first, then say what to do with them."), code="nothing_selected")
    return Chosen(many, rows, address, "", False, of, [*carried, *(("pick", str(pk)) for pk in ids)])


def _action(request: HttpRequest, many: BulkList, key: str) -> BulkAction:
    action = many.action(key)
    if action is None:
        raise Refused(
            _("Sitebook does not know “%(act)s”. Reload the page and try again.") % {"act": key[:40]},
            code="unknown_action",
        )
    if not may(_user(request), action.needs):
        raise PermissionDenied
    return action


def _is_said(request: HttpRequest, action: BulkAction) -> bool:
    """Whether the form was filled in, and not only asked for."""
    form = action.form()
    names = set(form.fields) if form else set()
    asked = names | {f"{name}_text" for name in names}
    return "confirmed" in request.POST or (
        "ask" not in request.POST and (not names or bool(asked & request.POST.keys()))
    )


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _name(request: HttpRequest) -> str:
    return str(request.request_id)  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the page is for those who are signed in
    return request.user

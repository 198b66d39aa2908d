"""The quick form: a call becomes a job in under a minute, by keyboard alone (F-333).

One field finds the customer, the site, the asset or the person who rings by anything one knows of them. What is chosen
narrows the rest: the page draws those parts anew, with scripts at once, without them by a button.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.assets.models import Asset
from sitebook.basics.refused import Refused
from sitebook.catalogue import offered
from sitebook.catalogue.models import Coding, Team, WorkType
from sitebook.jobs import new_job
from sitebook.jobs.call import KINDS, LEFT_OUT, Call
from sitebook.jobs.forms import day_field
from sitebook.jobs.models import Job
from sitebook.jobs.register import JOBS
from sitebook.jobs.states import Category, Origin
from sitebook.registers.views import new as full_form
from sitebook.registers.views import present
from sitebook.search.queries import find, holding
from sitebook.ui.render import asked_by_htmx, go, show
from sitebook.values.money import money
from sitebook.values.pickers import Option, recently_used, used

CHANGE = Permission.CHANGE_JOBS
ICONS = {"customer": "customers", "site": "sites", "asset": "assets", "contact": "contacts"}
OFFERED, RECENT = 6, 4
MOST_ACTIVITIES, MOST_LEFT_OUT, MOST_ASSETS = 20, 200, 50
OTHER = lazy("A name for this job only")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _one(model: Any, text: str) -> Any:
    """The record of an id, where the reader sees it."""
    return model.objects.filter(pk=_number(text)).first() if text else None


def _named(text: str) -> Any:
    """The record that ``asset-5`` names, with what follows from it; None for one that is not there."""
    kind, _dash, number = text.partition("-")
    if kind not in KINDS:
        return None
    rows = KINDS[kind].objects.filter(pk=_number(number))
    beside = {"site": ("customer",), "contact": ("customer",),
              "asset": ("owner", "site__customer", "place_customer")}.get(kind, ())  # fmt: skip
    return rows.select_related(*beside).first()


@page(may=CHANGE)
def about(request: HttpRequest) -> HttpResponse:
    """The picker of what a call is about: customers, sites, assets and people by whatever is known of them."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    if len(query) > 1:
        tables = {model._meta.db_table: kind for kind, model in KINDS.items()}
        hits = find(query, kinds=list(tables), want=OFFERED)
        found = [(tables[hit.kind], hit.record_id) for hit in sorted(hits, key=lambda hit: hit.rank)]
    else:
        found = [(kind, pk) for kind in KINDS for pk in recently_used(request, kind)[:RECENT]]
    records = [(kind, _named(f"{kind}-{pk}")) for kind, pk in found]
    options = [_option(kind, record) for kind, record in records if record and not record.is_archived]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": len(query) < 2})


def _option(kind: str, record: Any) -> Option:
    aside = f"{record.named.one}, {record.aside}" if record.aside else str(record.named.one)
    return Option(f"{kind}-{record.pk}", str(record), aside, ICONS[kind])


@page(may=CHANGE)
def full(request: HttpRequest) -> HttpResponse:
    """Every field of a job on one page."""
    return full_form(JOBS, request)


def _call(request: HttpRequest, data: QueryDict) -> Call:
    """What is known of the call so far."""
    call = Call(on=timezone.localdate(), role=str(getattr(request.user, "role", "")))
    record = _named(data.get("about", ""))
    if record is None and "about" not in data and (like := _one(Job, data.get("like", ""))):
        record = _subject(like)
    if record is not None:
        call.about(record)
    if call.customer is None:
        return call
    _narrow(call, data)
    ids = [_number(each) for each in [*data.getlist("activity"), data.get("add_activity", "")] if each]
    known = offered.activities(call.any_kind).in_bulk(ids[:MOST_ACTIVITIES])
    gone = {_number(each) for each in data.getlist("drop_activity")}
    call.activities = [known[pk] for pk in dict.fromkeys(ids) if pk in known and pk not in gone]
    kinds = WorkType.objects.select_related("work_log_type")
    call.work_type = kinds.filter(pk=_number(data.get("work_type", ""))).first()
    call.team = _one(Team, data.get("team", ""))
    call.settle()
    return call


def _subject(job: Job) -> Any:
    """What another job was about, as one that is logged again begins."""
    for kind, pk in (("asset", job.asset_id), ("site", job.site_id), ("customer", job.customer_id)):
        if pk and (record := _named(f"{kind}-{pk}")):
            return record
    return None


def _narrow(call: Call, data: QueryDict) -> None:
    """Site and asset, where they are said beside what the call is about."""
    if data.get("said") != data.get("about"):  # another one was chosen since: what was said beside it is of the old one
        return
    call.no_site = "no_site" in data
    chosen = _named(f"asset-{data.get('asset', '')}")
    site = None if call.no_site else _named(f"site-{data.get('site', '')}")
    call.asset = chosen
    call.site = site or (chosen.site if chosen and not call.no_site else None)


@page(may=CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    """The form; drawn anew in parts whenever something narrows the rest."""
    data = request.POST if request.method == "POST" else request.GET
    call = _call(request, data)
    faults: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        job, faults, status = _logged(request, call, data)
        if job:
            return _on(request, job, data)
    context = _context(call, data) | {"faults": defaultdict(str, faults), "fragment": asked_by_htmx(request)}
    return present(JOBS, request, "jobs/quick.html", context, block="narrowed" if request.method == "GET" else None,
                   status=status)  # fmt: skip


def _on(request: HttpRequest, job: Job, data: QueryDict) -> HttpResponse:
    used(request, JOBS.one, job.pk)
    said = _("%(job)s is kept as a draft.") if data.get("then") == "draft" else _("%(job)s is logged.")
    messages.success(request, said % {"job": job.reference})
    return go(request, reverse("jobs:new-visit" if data.get("then") == "plan" else "jobs:record", args=[job.pk]))


def _context(call: Call, data: QueryDict) -> dict[str, Any]:
    like = _one(Job, data.get("like", ""))
    return {
        "call": call,
        "about": _about(data, like),
        "typed": _typed(call, data, like),
        "contact": _contact(call, data),
        "categories": Category.choices,
        "priorities": WorkType.Priority.choices,
        "coding": data.get("coding", ""),
        "money": money,
        "why_query": _why_query(call),
        "other": OTHER,
    }


def _contact(call: Call, data: QueryDict) -> int | None:
    """Who is chosen, else who rings, else the default contact of the site."""
    if data.get("said") == data.get("about") and "contact" in data:
        chosen = _number(data.get("contact", ""))
        if not chosen or chosen in {each.contact.pk for each in call.people}:
            return chosen
    first = next((each.contact for each in call.people if each.first), None)
    found = call.contact or first
    return found.pk if found else None


def _typed(call: Call, data: QueryDict, like: Job | None) -> dict[str, str]:
    """What was typed so far. The priority is the work type's until somebody chooses another one."""
    typed = {name: data.get(name, "") for name in _TYPED}
    if like and "description" not in data:
        typed |= {name: getattr(like, name) for name in ("description", "category", "priority", "customer_order")}
    usual = str(call.work_type.priority if call.work_type else WorkType.Priority.NORMAL)
    if typed["priority"] in ("", data.get("usual", "")):
        typed["priority"] = usual
    return typed | {"usual": usual, "category": typed["category"] or Category.REPAIR.value}


_TYPED = ("description", "contact_name", "contact_phone", "contact_email", "category", "priority", "wanted_on",
          "customer_order", "outside_reason", "like", "callback")  # fmt: skip


def _about(data: QueryDict, like: Job | None) -> tuple[str, str]:
    """What the first field holds: its value and its words."""
    given = data.get("about", "")
    record = _named(given) or (_subject(like) if like and "about" not in data else None)
    if record is None:
        return "", data.get("about_text", "")
    kind = next(name for name, model in KINDS.items() if isinstance(record, model))
    return f"{kind}-{record.pk}", str(record)


def _why_query(call: Call) -> str:
    if call.customer is None:
        return ""
    query = QueryDict(mutable=True)
    query["about"] = f"customer-{call.customer.pk}"
    query.setlist("activity", [str(each.pk) for each in call.activities])
    if call.work_type:
        query["work_type"] = str(call.work_type.pk)
    return query.urlencode()


@page(may=CHANGE)
def assets(request: HttpRequest) -> HttpResponse:
    """The picker's lines: what stands at the site, else what the customer owns or has at its sites; of what is typed
    whatever is found."""
    customer, _dash, site = request.GET.get("scope", "").partition("-")
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    rows = Asset.objects.current()
    if len(query) > 1:
        rows = holding(rows, query)
    elif site:
        rows = rows.filter(site=_number(site))
    else:
        rows = rows.filter(Q(owner=_number(customer)) | Q(place_customer=_number(customer)))
    found = rows.order_by("name_key", "pk")[:MOST_ASSETS]
    options = [Option(each.pk, str(each), each.aside, "assets") for each in found]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": False})


@page(may=CHANGE)
def activities(request: HttpRequest) -> HttpResponse:
    """The picker's lines: the activities of the customer that can be chosen (F-315)."""
    customer = _named(f"customer-{request.GET.get('customer', '')}")
    if customer is None:
        raise Http404
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    call = Call(on=timezone.localdate(), role=str(getattr(request.user, "role", "")), customer=customer)
    rows = offered.activities(call.any_kind)
    call.activities = list((holding(rows, query) if len(query) > 1 else rows)[:MOST_LEFT_OUT])
    options = []
    for each in call.activities:
        price = call.prices[each.pk]
        cost = money(price.sells_for(each), price.paid_in(each))
        options.append(Option(each.pk, str(each.name), ", ".join(filter(None, [each.code, cost])), "jobs"))
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": False})


@page(may=CHANGE)
def why_not(request: HttpRequest) -> HttpResponse:
    """Why something cannot be chosen, each with what mends it; before a customer is chosen, the form that asks whom it
    is about."""
    kind = request.GET.get("kind", "")
    call = _call(request, request.GET)
    if kind not in LEFT_OUT or call.customer is None:
        return go(request, JOBS.url("new"))
    named = str(LEFT_OUT[kind].named.many)
    context = {"call": call, "many": named, "left_out": call.left_out(kind)[:MOST_LEFT_OUT]}
    return present(JOBS, request, "jobs/why_not.html", context, block="form")


def _logged(request: HttpRequest, call: Call, data: QueryDict) -> tuple[Job | None, dict[str, str], int]:
    """The job, or what is wrong with each field, and the status of the page that says so."""
    draft = data.get("then") == "draft"
    values, faults = _values(call, data, draft=draft)
    if faults:
        return None, faults, 422
    if not draft and {each.pk for each in call.duplicates} - {_number(each) for each in data.getlist("seen")}:
        return None, {"": _("A job is already open here. Look at it, then log this one if it is another.")}, 409
    try:
        return new_job.log(**values, at=timezone.now(), draft=draft), {}, 303
    except Refused as refusal:
        return None, {_FIELD_OF.get(refusal.code, ""): str(refusal)}, 409


_FIELD_OF = {"work_type_missing": "work_type", "words_missing": "description", "coding_missing": "coding"}


def _values(call: Call, data: QueryDict, *, draft: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """What the verb takes, and what is wrong with each field."""
    faults: dict[str, str] = {}
    if call.customer is None:
        faults["about"] = _("Say whom or what it is about: a customer, a site, an asset or a person.")
    description = data.get("description", "").replace("\r\n", "\n").replace("\0", "").strip()[:20_000]
    if not description and not draft:
        faults["description"] = _("Say what is wrong, or what is to be done.")
    if call.customer and call.work_type is None and not draft:
        faults["work_type"] = _("Choose an activity or a work type.")
    wanted = day_field("", required=False)
    try:
        wanted_on = wanted.clean(data.get("wanted_on", ""))
    except ValidationError as fault:
        wanted_on, faults["wanted_on"] = None, " ".join(fault.messages)
    values = {
        "customer": call.customer,
        "site": call.site,
        "no_site": call.no_site and call.site is None,
        "assets": [call.asset] if call.asset else [],
        "activities": call.activities,
        "work_type": call.work_type,
        "service": call.lead.service,
        "team": call.team,
        "coding": _one(Coding, data.get("coding", "")),
        "description": description,
        "wanted_on": wanted_on,
        "outside_reason": _line(data, "outside_reason", 200),
        "customer_order": _line(data, "customer_order", 60),
        **_choices(data),
        **_person(call, data),
    }
    if like := _one(Job, data.get("like", "")) if data.get("callback") else None:
        values |= {"callback_of": like, "origin": Origin.CALLBACK}
    return values, faults


def _line(data: QueryDict, name: str, most: int) -> str:
    return " ".join(data.get(name, "").replace("\0", "").split())[:most]


def _choices(data: QueryDict) -> dict[str, Any]:
    known = {"category": Category.values, "priority": WorkType.Priority.values}
    return {name: data[name] for name, values in known.items() if data.get(name) in values}


def _person(call: Call, data: QueryDict) -> dict[str, Any]:
    """A name for this job only goes before the contact that was filled in."""
    own = {
        "contact_name": _line(data, "contact_name", 200),
        "contact_phone": _line(data, "contact_phone", 40),
        "contact_email": _line(data, "contact_email", 200),
    }
    if any(own.values()):
        return own
    known = {each.contact.pk: each.contact for each in call.people}
    return {"contact": known.get(_number(data.get("contact", "")))}

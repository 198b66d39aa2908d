"""Hand-overs of sites for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from sitebook.access.permissions import Permission
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.requests import Id, answers
from sitebook.api.responses import Json, reply
from sitebook.customers.models import Customer
from sitebook.handovers import handover
from sitebook.handovers.schemas import HandOver, HandoverRead
from sitebook.registers import api as records
from sitebook.sites.models import Handover, Site
from sitebook.users.models import Scope

router = Router(tags=["Sites"])
HAND_OVER = Token(Scope.WRITE, Permission.HAND_OVER)


@router.post(
    "/sites/{int:pk}/hand-over",
    auth=HAND_OVER,
    response=answers(201, HandoverRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="hand_over_site",
    summary="Hand a site over",
)
@once(Site)
def hand_over(request: HttpRequest, pk: Id, body: HandOver) -> HttpResponse:
    """Another customer has the site from a day on, or nobody. What the former one wrote as theirs leaves with them."""
    site = get_object_or_404(Site, pk=pk)
    change = handover.hand_over(
        site,
        to=records.seen(Customer, body.to, "/to"),
        day=body.day,
        today=timezone.localdate(),
        by_id=request.user.pk,
        reason=body.reason,
        name=body.name,
        carry=body.carry,
    )
    return reply(_written(change), status=201)


def _written(change: Handover) -> Json:
    named = records.briefs(Customer, [change.customer_id])
    return {
        "id": change.pk,
        "kind": change.kind,
        "day": change.day,
        "site": change.site_id,
        "customer": named[change.customer_id],
        "reason": change.reason,
    }


@router.post(
    "/sites/hand-overs/{int:pk}/take-back",
    auth=HAND_OVER,
    response=answers(200, HandoverRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="take_back_hand_over",
    summary="Take a hand-over back",
)
@once(Handover)
def take_back(request: HttpRequest, pk: Id) -> HttpResponse:
    """As if it had not been."""
    hands = (Handover.Kind.HANDED_OVER, Handover.Kind.VACATED)
    change = get_object_or_404(Handover, pk=pk, kind__in=hands)
    told = _written(change)
    handover.take_back(change, at=timezone.now())
    return reply(told)

"""The search for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sitebook.access.permissions import Permission, may
from sitebook.api.authentication import Token
from sitebook.api.problems import faulty
from sitebook.api.requests import answers
from sitebook.api.responses import reply
from sitebook.config.search_groups import SEARCH_GROUPS
from sitebook.search.queries import LONGEST, find
from sitebook.users.models import Scope

router = Router(tags=["Search"])
MOST = 50


class HitRead(Schema):
    """``rank``: 0 the name itself, to 4 elsewhere; 5 one slip of the finger away."""

    kind: str
    id: int
    name: str
    archived: bool
    rank: int


class HitList(Schema):
    items: list[HitRead]


@router.get(
    "/search",
    auth=Token(Scope.READ, Permission.SEE_CUSTOMERS),
    response=answers(200, HitList),
    openapi_extra={
        "parameters": [
            {
                "in": "query",
                "name": "q",
                "required": True,
                "schema": {"type": "string", "minLength": 2, "maxLength": LONGEST},
                "description": "Parts of names, codes, postcodes, telephone numbers, addresses; slips are forgiven.",
            }
        ]
    },
    summary="Search everything",
)
def search(request: HttpRequest) -> HttpResponse:
    """Up to 50 records of each kind, best first, archived ones marked."""
    typed = request.GET.get("q", "").strip()
    if not 2 <= len(typed) <= LONGEST or not typed.isprintable():
        text = _("Give 2 to %(most)s letters in q that can be printed.")
        raise faulty("q", text % {"most": LONGEST})
    kinds = {each.kind: each.recent for each in SEARCH_GROUPS if may(request.user, each.needs)}
    return reply(
        {
            "items": [
                {
                    "kind": kinds[hit.kind],
                    "id": hit.record_id,
                    "name": hit.title,
                    "archived": hit.archived,
                    "rank": hit.rank % 10,
                }
                for hit in find(typed, kinds=list(kinds), want=MOST)
            ]
        }
    )

"""The pages of tokens: one's own, and for administrators those of a user."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.ui.render import go, show
from sitebook.users import tokens
from sitebook.users.models import Scope, Token, User
from sitebook.users.reauthentication import asks_first

SHOWN = "new-token"


class TokenForm(forms.Form):
    name = forms.CharField(
        label=lazy("Name"), max_length=80, help_text=lazy("Which program it is for, to tell it from the others.")
    )
    scopes = forms.MultipleChoiceField(
        label=lazy("May"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )
    days = forms.IntegerField(
        label=lazy("Good for (days)"), min_value=1, max_value=tokens.MOST_DAYS, initial=tokens.DAYS
    )


@page(signed_in=True)
def own_tokens(request: HttpRequest) -> HttpResponse:
    """The list; a token just made is shown once, here."""
    secret = request.session.pop(SHOWN, "")
    return show(request, "users/tokens.html", _listed(request, request.user.pk or 0) | {"secret": secret})


@page(signed_in=True)
def new_token(request: HttpRequest) -> HttpResponse:
    """Asks for the password or a code first; what was typed meanwhile comes back with the form."""
    typed = {name: request.POST.getlist(name) for name in TokenForm.base_fields if name in request.POST}
    again = f"{reverse('users:token-new')}?{urlencode(typed, doseq=True)}".rstrip("?")
    if asked := asks_first(request, then=again):
        return asked
    form = TokenForm(request.POST or None, initial=_typed(request))
    if request.method == "POST" and form.is_valid():
        owner = User.objects.get(pk=request.user.pk or 0)
        data = form.cleaned_data
        _token, secret = tokens.make(
            owner, name=data["name"], scopes=data["scopes"], days=data["days"], now=timezone.now()
        )
        request.session[SHOWN] = secret
        return go(request, reverse("users:tokens"))
    context = {"form": form, "help": "api"}
    return show(request, "users/token_new.html", context, block="form", status=422 if form.errors else 200)


@page(signed_in=True)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own, or as administrator anybody's."""
    token = get_object_or_404(Token.objects.select_related("user"), pk=pk)
    tokens.revoke(token, at=timezone.now())
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token})
    own = token.user.pk == request.user.pk
    return go(request, reverse("users:tokens") if own else reverse("users:user-tokens", args=[token.user.pk]))


@page(may=Permission.MANAGE_USERS)
def user_tokens(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    if not request.user.all_customers:  # type: ignore[union-attr]
        someone.must_not_see_more()
    context = {"someone": someone, "tab": "tokens", "link": ""}
    return show(request, "users/user_tokens.html", _listed(request, pk) | context)


def _typed(request: HttpRequest) -> dict[str, object]:
    """What the address brings along, for the form to begin with."""
    found: dict[str, object] = {name: request.GET[name] for name in ("name", "days") if name in request.GET}
    return found | ({"scopes": request.GET.getlist("scopes")} if "scopes" in request.GET else {})


def _listed(request: HttpRequest, owner: int) -> dict[str, object]:
    now = timezone.now()
    rows = list(Token.objects.filter(user=owner).order_by("revoked_at", "-made_at")[:100])
    return {
        "tokens": [(row, not row.revoked_at and row.expires_at > now) for row in rows],
        "scopes": dict(Scope.choices),
        "help": "api",
    }

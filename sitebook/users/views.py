"""People: the pages of administrators about them, and everybody's own profile and sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.lists.tables import opening, view_bar
from sitebook.ui.filters import Choice
from sitebook.ui.listing import Column, Listing
from sitebook.ui.render import go, show
from sitebook.users import first_link, mail_queue, password_links, second_factor, single_sign_on, tokens
from sitebook.users import sessions as sign_ins
from sitebook.users.forms import NewUserForm, ProfileForm, TokensToo, UserForm
from sitebook.users.locale import remember_look
from sitebook.users.models import Role, User

MANAGE = Permission.MANAGE_USERS
STATES = (("yes", lazy("may sign in")), ("no", lazy("switched off")))


def _matching(users: QuerySet[User], text: str) -> QuerySet[User]:
    return users.filter(Q(name__icontains=text) | Q(email__icontains=text))


LIST = Listing(
    columns=(
        Column(key="name", label=lazy("Name"), sort=("name",), look="l1 grow"),
        Column(key="email", label=lazy("Email address"), sort=("email",), look="l2"),
        Column(key="role", label=lazy("Role"), sort=("role",), look="p2"),
        Column(key="customers", label=lazy("Customers"), look="p3", numeric=True),
        Column(key="seen", label=lazy("Last sign-in"), look="p2"),
        Column(key="state", label=lazy("State"), look="r1"),
    ),
    order="name",
    search=_matching,
    filters=(
        Choice(key="role", label=lazy("Role"), choices=Role.choices),
        Choice(
            key="active",
            label=lazy("State"),
            choices=STATES,
            by=lambda users, values: users.filter(is_active__in=[value == "yes" for value in values]),
        ),
    ),
)


@page(may=MANAGE)
def users(request: HttpRequest) -> HttpResponse:
    if to := opening(request, "users"):
        return to
    listed = LIST.page(request.GET, request.path, User.objects.annotate(granted=Count("grants")))
    context = view_bar(request, "users", listed, may_share=may(request.user, Permission.SHARE_VIEWS))
    return show(request, "users/list.html", context | {"page": listed, "help": "users"}, block="list")


@page(may=MANAGE)
def new_user(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            someone = User.invite(**values)
        except Refused as refusal:
            form.add_error("reach" if refusal.code == "sees_not_all" else "email", str(refusal))
        else:
            _hand_link(request, someone, by_mail=form.cleaned_data["how"] == "mail")
            return go(request, reverse("users:user", args=[someone.pk]))
    return show(request, "users/new.html", {"form": form, "help": "users"}, status=422 if form.errors else 200)


@page(may=MANAGE)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """The user's page opens on the customers they see, which belong to access."""
    get_object_or_404(User, pk=pk)
    return go(request, reverse("access:user", args=[pk]))


@page(may=MANAGE)
def edit_user(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    someone.must_not_see_more()
    could_sign_in = someone.is_active
    form = UserForm(request.POST or None, initial=UserForm.of(someone))
    if request.method == "POST" and form.is_valid() and _saved(someone, form):
        if could_sign_in and not someone.is_active:
            sign_ins.end(someone)
        messages.success(request, _("%(name)s is saved.") % {"name": someone})
        return go(request, reverse("users:user", args=[pk]))
    context = {"form": form, "someone": someone, "help": "users"}
    return show(request, "users/edit.html", context, status=422 if form.errors else 200)


@page(may=MANAGE)
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    _hand_link(request, someone, by_mail=request.POST.get("how") == "mail")
    return go(request, reverse("users:user", args=[pk]))


@page(may=MANAGE)
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what is to end; a post ends it."""
    someone = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        someone.must_not_see_more()
        return show(request, "users/sign_out.html", {"someone": someone, "form": TokensToo(), "help": "users"})
    but = request.session.session_key if someone.pk == request.user.pk else None
    sign_ins.end(someone, but=but)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": someone})
    _revoke_as_asked(request, someone)
    return go(request, reverse("users:user", args=[pk]))


@page(signed_in=True)
def profile(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk or 0)
    now = {"name": user.name, "time_zone": user.time_zone, "theme": user.theme}
    form = ProfileForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        user.change(version=user.version, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        response = go(request, reverse("users:profile"))
        remember_look(response, user.theme)
        return response
    status = 422 if form.errors else 200
    return show(request, "users/profile.html", {"form": form, "help": "signing-in"}, status=status)


@page(signed_in=True)
def own_sessions(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk or 0)
    if request.method == "POST":
        sign_ins.end(user, but=request.session.session_key)
        messages.success(request, _("You are signed out everywhere else."))
        _revoke_as_asked(request, user)
        return go(request, reverse("usersessions_list"))
    devices = sign_ins.devices(user, request.session.session_key)
    context = {"sessions": devices, "form": TokensToo(), "help": "signing-in"}
    return show(request, "users/sessions.html", context)


@page(signed_in=True)
def security(request: HttpRequest) -> HttpResponse:
    """What one signs in with: password, authenticator app, recovery codes, passkeys, single sign-on."""
    user = User.objects.get(pk=request.user.pk or 0)
    context = {
        "own": second_factor.Own.of(user),
        "password": user.has_usable_password(),
        "single": single_sign_on.name(),
        "linked": list(SocialAccount.objects.filter(user=user).order_by("pk")),
        "help": "signing-in",
    }
    return show(request, "users/security.html", context)


@page(signed_in=True, login=True)
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    single_sign_on.unlink(get_object_or_404(SocialAccount, pk=pk))
    messages.success(request, _("The link is removed. The next single sign-on asks for the password and links again."))
    return go(request, reverse("mfa_index"))


@page(anyone=True, login=True)
def single_sign_on_begin(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return go(request, reverse("home"))
    try:
        return single_sign_on.begin(request, then=get_next_redirect_url(request))
    except SocialApp.DoesNotExist as missing:
        raise Http404 from missing


@page(anyone=True, login=True)
def single_sign_on_finish(request: HttpRequest) -> HttpResponse:
    try:
        return single_sign_on.finish(request)
    except SocialApp.DoesNotExist as missing:
        raise Http404 from missing


@page(may=MANAGE)
def factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Which second factors somebody has; a post takes them away from who is locked out."""
    someone = _within_reach(request, pk)
    if request.method == "POST":
        second_factor.remove_of(someone)
        sign_ins.end(someone, but=request.session.session_key if someone.pk == request.user.pk else None)
        messages.success(request, _("%(name)s signs in with the password alone now.") % {"name": someone})
        _revoke_as_asked(request, someone)
        return go(request, reverse("users:factors", args=[pk]))
    let = someone.may_link_until if first_link.is_let(someone, now=timezone.now()) else None
    context = {
        "someone": someone,
        "tab": "factors",
        "link": "",
        "factors": second_factor.known_of(someone),
        "single": single_sign_on.name(),
        "let": let,
        "form": TokensToo(),
        "help": "users",
    }
    return show(request, "users/factors.html", context)


@page(may=MANAGE)
@require_POST
def let_link(request: HttpRequest, pk: int) -> HttpResponse:
    """For who has neither password nor passkey: the next single sign-on of the coming day links without them."""
    someone = get_object_or_404(User, pk=pk)
    someone.must_not_see_more()
    until = timezone.now() + timedelta(days=1) if request.POST.get("let") == "yes" else None
    someone.change(version=someone.version, may_link_until=until)
    return go(request, reverse("users:factors", args=[pk]))


def _within_reach(request: HttpRequest, pk: int) -> User:
    """Somebody whose sign-in the reader may act on, and so read. Raises NotAllowed (sees_more)."""
    someone = get_object_or_404(User, pk=pk)
    if not request.user.all_customers:  # type: ignore[union-attr]
        someone.must_not_see_more()
    return someone


def _revoke_as_asked(request: HttpRequest, someone: User) -> None:
    if request.POST.get("tokens"):
        count = tokens.revoke_all(someone)
        text = ngettext("One token is revoked.", "%(count)s tokens are revoked.", count)
        messages.success(request, text % {"count": count})


def _saved(someone: User, form: UserForm) -> bool:
    """Whether it could be saved; if not, the form says why and shows what others changed meanwhile."""
    try:
        someone.change(version=form.cleaned_data["version"] or 0, **form.values())
    except StaleEdit:
        someone.refresh_from_db()
        form.data = {**form.data.dict(), "version": someone.version}  # type: ignore[attr-defined]
        form.add_error(
            None, _("Somebody else changed this user meanwhile. Look at the fields marked; saving again keeps yours.")
        )
        for name, theirs in UserForm.of(someone).items():
            _mark(form, name, theirs)
    except Refused as refusal:
        form.add_error("reach" if refusal.code == "sees_not_all" else None, str(refusal))
    return not form.errors


def _mark(form: UserForm, name: str, theirs: Any) -> None:
    mine = form.cleaned_data.get(name)
    if name != "version" and mine != theirs:
        choices = dict(getattr(form.fields[name], "choices", ()))
        form.add_error(name, _("Now in the database: %(value)s") % {"value": choices.get(theirs, theirs)})


def _hand_link(request: HttpRequest, someone: User, *, by_mail: bool) -> None:
    """By mail, or once on the next page."""
    if by_mail:
        someone.must_not_see_more()
        mail_queue.invite(someone)
        said = _("A link is on its way to %(email)s. Should the mail fail, the settings of your firm say why.")
        messages.success(request, said % {"email": someone.email})
        return
    address = request.build_absolute_uri(password_links.password_path(someone))
    request.session[f"link-{someone.pk}"] = address

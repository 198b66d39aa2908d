"""The first-run page and the firm's settings."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.identity import acting
from sitebook.access.permissions import Permission
from sitebook.basics.refused import StaleEdit
from sitebook.firm.forms import SettingsForm, WelcomeForm
from sitebook.firm.models import Firm
from sitebook.firm.setup import AlreadySetUp, set_up
from sitebook.ui.render import go, show
from sitebook.users import mail_queue
from sitebook.users.models import User


@page(anyone=True)
@never_cache
@sensitive_post_parameters("your_password")
def welcome(request: HttpRequest) -> HttpResponse:
    """Shown while nothing is set up; afterwards there is nothing at this address."""
    if Firm.ours():
        raise Http404
    form = WelcomeForm(request.POST or None, initial={"language": "en-gb"})
    if request.method == "POST" and form.is_valid():
        try:
            with acting(via="command", request_id=request.request_id, reason="First run", everything=True):  # type: ignore[attr-defined]
                first = set_up(firm=form.firm(), administrator=form.administrator())
        except AlreadySetUp as refusal:
            form.add_error(None, str(refusal))
        else:
            get_adapter().login(request, first)
            return go(request, reverse("home"))
    return show(request, "firm/welcome.html", {"form": form}, status=422 if form.errors else 200)


@page(may=Permission.CHANGE_FIRM)
def settings(request: HttpRequest) -> HttpResponse:
    firm = Firm.objects.get(pk=1)
    form = SettingsForm(request.POST or None, initial=model_to_dict(firm) | {"version": firm.version})
    if request.method == "POST" and form.is_valid():
        try:
            firm.change(version=form.cleaned_data["version"], **form.values())
        except StaleEdit as stale:
            form.add_error(None, str(stale))
        else:
            messages.success(request, _("The settings are saved."))
            return go(request, reverse("firm:settings"))
    context = {"form": form, "firm": firm, "help": "settings", "failing": mail_queue.failing()}
    return show(request, "firm/settings.html", context, status=422 if form.errors else 200)


@page(may=Permission.CHANGE_FIRM)
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    """Mails the administrator who asks; a mail server's no is shown in its own words in the settings."""
    to = User.objects.get(pk=request.user.pk or 0)
    mail_queue.test(to)
    text = _("A test mail is on its way to %(email)s. Reload this page in a minute: a failure is shown below.")
    messages.success(request, text % {"email": to.email})
    return go(request, reverse("firm:settings"))

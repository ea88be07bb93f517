"""Administration of people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farol.core.errors import BadInput, Refused
from farol.platform.accounts import people as rules
from farol.platform.accounts import roles, tokens
from farol.platform.accounts.access import requires
from farol.platform.accounts.forms import NewPersonForm, PersonForm
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import asker_of
from farol.platform.accounts.views.profile import shown
from farol.platform.accounts.views.shared import complain, show
from farol.platform.web.lists import Column, Filter, List, New, Status

ACTIVE, OFF = Status(_lazy("Active"), "success"), Status(_lazy("Deactivated"))


def _role_choices() -> list[tuple[str, str]]:
    return [(role.slug, roles.label(role)) for role in Role.objects.order_by("-seeded", "id")]


def _role_names(user: User) -> str:
    return ", ".join(roles.label(role) for role in user.roles.all())


PEOPLE = List(
    name="people",
    title=_lazy("People"),
    subtitle=_lazy("Who may sign in, and what their roles let them do"),
    columns=(
        Column("name", _lazy("Name"), sort="name", link=True),
        Column("email", _lazy("E-mail address"), sort="email"),
        Column("roles", _lazy("Roles"), value=_role_names),
        Column("last_login", _lazy("Last log-in"), kind="datetime", sort="last_login"),
        Column("state", _lazy("State"), value=lambda user: ACTIVE if user.is_active else OFF, kind="status"),
    ),
    search=("name", "email"),
    filters=(
        Filter("role", _lazy("Role"), _role_choices, "roles__slug"),
        Filter(
            "state",
            _lazy("State"),
            [("active", _lazy("Active")), ("inactive", _lazy("Deactivated"))],
            lambda rows, value: rows.filter(is_active=value == "active"),
        ),
    ),
    order="name",
    row_url=lambda user: reverse("accounts:person", args=[user.pk]),
    new=New(_lazy("Add a person"), "accounts:person_new", "administration"),
)


@requires("administration")
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    return PEOPLE.respond(request, User.objects.prefetch_related("roles"))


@requires("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = rules.create(asker_of(request), data["email"], name=data["name"], roles=data["roles"])
        except BadInput as error:
            complain(form, error)
        else:
            return _invited(request, user)
    return show(request, "person_new", {}, form)


def _invited(request: HttpRequest, user: User) -> HttpResponse:
    """The link is shown in this one answer."""
    link = rules.invite(asker_of(request), user)
    return show(request, "invited", {"person": user, "link": link})


@requires("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=person_id)
    form = PersonForm(request.POST or None, initial={"name": user.name, "roles": user.roles.all()})
    if request.method == "POST" and form.is_valid():
        actor = asker_of(request)
        try:
            rules.change_roles(actor, user, form.cleaned_data["roles"])
            rules.rename(actor, user, form.cleaned_data["name"])
        except Refused as error:
            complain(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:person", user.pk)
    return show(request, "person", {"person": user, "tokens": shown(user)}, form)


@requires("administration")
@require_POST
def deactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=person_id)
    rules.deactivate(asker_of(request), user)
    messages.success(
        request, _("%(name)s can no longer sign in; sessions and tokens have ended.") % {"name": user.name}
    )
    return redirect("accounts:person", user.pk)


@requires("administration")
@require_POST
def activate(request: HttpRequest, person_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=person_id)
    rules.activate(asker_of(request), user)
    messages.success(request, _("%(name)s can sign in again.") % {"name": user.name})
    return redirect("accounts:person", user.pk)


@requires("administration")
@require_POST
def invite(request: HttpRequest, person_id: int) -> HttpResponse:
    return _invited(request, get_object_or_404(User, pk=person_id, is_active=True))


@requires("administration")
@require_POST
def revoke_token(request: HttpRequest, person_id: int, token_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=person_id)
    tokens.revoke(asker_of(request), user, token_id)
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:person", user.pk)

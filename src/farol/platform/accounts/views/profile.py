"""Everything of one's own: profile, password, sessions, tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farol.core.errors import BadInput
from farol.platform import audit
from farol.platform.accounts import people, sessions, throttle, tokens
from farol.platform.accounts.access import signed_in
from farol.platform.accounts.forms import ChangePasswordForm, ProfileForm, TokenForm
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import asker_of, person_of
from farol.platform.accounts.rights import CATALOGUE
from farol.platform.accounts.views.shared import complain, show

PARTS = (
    ("accounts:profile", gettext_lazy("Profile")),
    ("accounts:password", gettext_lazy("Password")),
    ("accounts:sessions", gettext_lazy("Sessions")),
    ("accounts:tokens", gettext_lazy("API tokens")),
    ("notifications:preferences", gettext_lazy("Notices")),
)


@dataclass(frozen=True)
class Tab:
    label: Any
    url: str
    current: bool
    count: int | None = None


def tabs(current: str) -> list[Tab]:
    """The parts of the profile, for the pages of all of them."""
    return [Tab(label, reverse(name), name == current) for name, label in PARTS]


def _me(request: HttpRequest) -> User:
    return person_of(request)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=_me(request).pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return show(request, "profile", {"tabs": tabs("accounts:profile"), "me": _me(request)}, form)


@signed_in
@sensitive_post_parameters("current", "new_password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    me = _me(request)
    form = ChangePasswordForm(request.POST or None, user=me)
    if request.method == "POST" and form.is_valid():
        if _is_current(me, form.cleaned_data["current"]):
            people.set_password(asker_of(request), me, form.cleaned_data["new_password"])
            sessions.begin(request, me)
            messages.success(request, _("Your password is changed. All other sessions have ended."))
            return redirect("accounts:password")
        form.add_error("current", _("This is not your current password."))
    return show(request, "password", {"tabs": tabs("accounts:password")}, form)


def _is_current(me: User, password: str) -> bool:
    """Guessing at an open session counts like guessing at the log-in."""
    throttle.allow_own_password(me.pk)
    with throttle.one_hash_at_a_time():
        return me.check_password(password)


@signed_in
@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    rows = sessions.living(_me(request))
    context = {"tabs": tabs("accounts:sessions"), "rows": rows, "current_key": request.session.session_key}
    return show(request, "sessions", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    sessions.end_one(asker_of(request), _me(request), sign_in_id)
    messages.success(request, _("The session has ended."))
    return redirect("accounts:sessions")


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    me = _me(request)
    count = sessions.end_all(me, but=request.session.session_key)
    audit.record(asker_of(request), "sessions.ended", target=f"person:{me.pk}", params={"count": count})
    messages.success(request, _("All other sessions have ended."))
    return redirect("accounts:sessions")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List and make tokens. The clear text is in the answer to the POST alone: reloading cannot bring it back."""
    principal = asker_of(request)
    form = TokenForm(request.POST or None, principal=principal)
    made = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made, _row = tokens.create(principal, _me(request), data["name"], data["scopes"], data["days"])
            form = TokenForm(principal=principal)
        except BadInput as error:
            complain(form, error)
    context = {"tabs": tabs("accounts:tokens"), "rows": shown(_me(request)), "made": made}
    return show(request, "tokens", context, form)


def shown(user: User) -> list[dict[str, Any]]:
    """The person's tokens that still open something, with their rights in words."""
    rows = user.tokens.filter(**tokens.valid())
    return [{"token": row, "rights": [CATALOGUE[s].label for s in row.scopes if s in CATALOGUE]} for row in rows]


@signed_in
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    tokens.revoke(asker_of(request), _me(request), token_id)
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")

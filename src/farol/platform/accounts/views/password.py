"""Forgotten password, and the link of an invitation or a reset."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from farol.core.ids import random_token
from farol.platform import outbox
from farol.platform.accounts import links, people, throttle
from farol.platform.accounts.access import public
from farol.platform.accounts.forms import NewPasswordForm, ResetForm
from farol.platform.accounts.network import address_of
from farol.platform.accounts.principal import principal_of
from farol.platform.accounts.views.shared import show


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for a link; the answer is the same whoever has the address."""
    if request.method != "POST":
        return show(request, "forgotten", {"form": ResetForm()})
    form = ResetForm(request.POST)
    if not form.is_valid():
        return show(request, "forgotten", {}, form)
    email = form.cleaned_data["email"]
    if throttle.allow_reset(email, address_of(request)):
        outbox.enqueue("password_reset", random_token(16), {"email": email})
    return show(request, "forgotten", {"sent": True})


@public
@never_cache
@sensitive_post_parameters("new_password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def set_by_link(request: HttpRequest, token: str) -> HttpResponse:
    user = links.read(token)
    if user is None:
        return render(request, "accounts/link_over.html", status=404)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method != "POST" or not form.is_valid():
        return show(request, "set_password", {"person": user}, form)
    people.set_password(principal_of(user), user, form.cleaned_data["new_password"])
    messages.success(request, _("Your password is set. Log in with it."))
    return redirect("accounts:login")

"""Log-in, log-out, language and theme."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from farol.platform import audit
from farol.platform.accounts import devices, login, sessions
from farol.platform.accounts.access import public, signed_in
from farol.platform.accounts.forms import LoginForm
from farol.platform.accounts.models import User
from farol.platform.accounts.throttle import Busy, TooMany
from farol.platform.accounts.views.shared import back, show


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    home = reverse("web:home")
    if request.principal:
        return back(request, home)
    if request.method != "POST":
        return show(request, "login", {"next": request.GET.get("next", ""), "form": LoginForm()})
    form = LoginForm(request.POST)
    context = {"next": request.POST.get("next", "")}
    if not form.is_valid():
        return show(request, "login", context, form)
    email = form.cleaned_data["email"]
    try:
        user = login.attempt(request, email, form.cleaned_data["password"])
    except (Busy, TooMany) as error:
        form.add_error(None, str(error))
        response = show(request, "login", context, form)
        response.status_code = error.status
        return response
    if user is None:
        form.add_error(None, _("E-mail address or password is wrong."))
        return show(request, "login", context, form)
    response = back(request, home)
    devices.remember(request, response, email)
    return response


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    if request.principal:
        audit.record(request.principal, "logout")
        sessions.end(request)
    return HttpResponseRedirect(reverse("accounts:login"))


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language on this device and, for a signed-in person, everywhere."""
    chosen = request.POST.get("language", "")
    response = back(request, reverse("web:home"))
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        principal = request.principal
        if principal:
            User.objects.filter(pk=principal.user_id).update(language=chosen)
    return response


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen in ("", "light", "dark"):
        User.objects.filter(pk=request.principal.user_id).update(theme=chosen)
    return back(request, reverse("web:home"))

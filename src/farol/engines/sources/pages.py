"""Pages of one source: how it stands, loading now, testing, days with gaps, people, consent."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from farol.core.errors import BadInput, FarolError, NotFound
from farol.engines.sources import people as linking
from farol.engines.sources import queries, tokens
from farol.engines.sources.compared import compared_days
from farol.engines.sources.source import Source, find_source
from farol.engines.sources.sync import start
from farol.engines.sources.syncing import syncs_of
from farol.engines.sources.tasks import run_sync
from farol.platform import audit
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of


@require_GET
@requires("sources.view")
def source(request: HttpRequest, name: str) -> HttpResponse:
    """One source: its state, its entities, its loads."""
    return render(request, "sources/source.html", _context(request, find_source(name)))


@require_POST
@requires("sources.load")
def sync(request: HttpRequest, name: str) -> HttpResponse:
    """Let the worker load it: what changed, or with `full` everything."""
    found = find_source(name)
    with transaction.atomic():
        run = start(found, _principal(request), full=request.POST.get("full") == "1", since=None, cause="person")
        run_sync.enqueue(run.pk)
    return redirect("sources:run", run_id=run.pk)


@require_POST
@requires("sources.load")
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the other side one harmless question; no transaction is open meanwhile."""
    found = find_source(name)
    try:
        messages.success(request, found.test())
        result = "ok"
    except FarolError as error:
        messages.error(request, str(error.detail))
        result = error.code
    audit.record(_principal(request), "sources.tested", target=found.name, params={"result": result})
    return redirect("sources:source", name=name)


@require_GET
@requires("sources.view")
def days(request: HttpRequest, name: str) -> HttpResponse:
    """Completeness by day: what the source has, what Farol has; gaps first."""
    found = find_source(name)
    rows = compared_days(found)
    gaps = sum(row.state == "gap" for row in rows)
    return render(request, "sources/days.html", {"source": found, "rows": rows, "gaps": gaps})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sources.manage")
def people(request: HttpRequest, name: str) -> HttpResponse:
    """Who a person of Farol is at the source; their own rows follow from it."""
    found = find_source(name)
    if request.method == "POST":
        if request.POST.get("by_email"):
            count = linking.link_by_email(found, _principal(request))
            messages.success(request, _("%(count)s people linked.") % {"count": count})
        else:
            user = request.POST.get("user", "")
            if user and not user.isdigit():
                raise BadInput("user", _("Choose a person from the list."))
            linking.link(found, request.POST.get("external_id", ""), int(user) if user else None, _principal(request))
            messages.success(request, _("Saved."))
        return redirect("sources:people", name=name)
    return render(request, "sources/people.html", {"source": found, **linking.table(found)})


@require_POST
@requires("sources.manage")
def connect(request: HttpRequest, name: str) -> HttpResponse:
    """Send the person to where the account's consent is given."""
    found = find_source(name)
    state = secrets.token_urlsafe(24)
    request.session[_state_key(found)] = state
    return redirect(_oauth(found).authorize_url(state))


@require_GET
@requires("sources.manage")
def callback(request: HttpRequest, name: str) -> HttpResponse:
    """The person is back with a code, or without: `state` must be the one that they left with."""
    found = find_source(name)
    oauth = _oauth(found)
    state = request.session.pop(_state_key(found), "")
    if not state or not constant_time_compare(state, request.GET.get("state", "")):
        raise BadInput("state", _("This answer belongs to no question of yours. Connect again."))
    if request.GET.get("error"):
        messages.error(request, _("The consent was refused. Nothing was changed."))
        return redirect("sources:source", name=name)
    host = _bare_host(request.GET.get("referer", ""))
    tokens.keep(f"{found.name}:{found.connection}", oauth.exchange(host, request.GET.get("code", "")), host)
    audit.record(_principal(request), "sources.connected", target=found.name)
    messages.success(request, _("%(source)s is connected.") % {"source": found.label})
    return redirect("sources:source", name=name)


def _bare_host(text: str) -> str:
    """A host and nothing else; whoever makes up another gets no secret sent there (the source accepts its own only)."""
    try:
        if text and urlsplit(f"//{text}").netloc == text and "@" not in text:
            return text
    except ValueError:
        pass
    raise BadInput("referer", _("The answer names no account. Connect again."))


def _context(request: HttpRequest, found: Source) -> dict[str, Any]:
    principal = _principal(request)
    return {
        "panel": queries.panel_of(found),
        "runs": [(run, queries.outcome(run)) for run in syncs_of(found)[: queries.HISTORY]],
        "may_load": principal.may(found.permission),
        "may_manage": principal.may("sources.manage"),
    }


def _oauth(found: Source) -> Any:
    if found.oauth is None:
        raise NotFound(_("This source asks for no consent."))
    return found.oauth


def _state_key(found: Source) -> str:
    return f"oauth-{found.name}"


def _principal(request: HttpRequest) -> Principal:
    return asker_of(request)

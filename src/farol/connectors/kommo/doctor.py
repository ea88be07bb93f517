"""Is Kommo set up, does it answer, and does it keep the same day as Farol?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.connectors.kommo.account import ACCOUNT, client, configured
from farol.connectors.kommo.auth import DOMAINS
from farol.core import clock
from farol.engines.sources.errors import SourceError, Waits
from farol.platform.operation.checks import Check, Finding, green, red, yellow


def answers() -> Iterator[Finding]:
    """One harmless question, where an account is named."""
    if not settings.FAROL_KOMMO_URL:
        yield green(_("No Kommo is set up."))
        return
    if not configured():
        yield red(
            _("FAROL_KOMMO_URL is set, but no token."), _("Set FAROL_KOMMO_TOKEN, or the integration's id and secret.")
        )
        return
    http = client(connect=2.0, read=5.0, whole=5.0, tries=1, longest_wait=2.0)
    try:
        yield from _account(http.get("/account", ACCOUNT).body)
    except Waits as error:
        yield yellow(str(error), _("Nothing, unless it stays so: look at the page of data sources in some minutes."))
    except SourceError as error:
        yield red(str(error), _("Mend it as the sentence says, then test the connection on the page of data sources."))
    finally:
        http.close()


def _account(body: Any) -> Iterator[Finding]:
    found = body if isinstance(body, dict) else {}
    inside = found.get("_embedded") or {}
    name, _dot, domain = (urlsplit(settings.FAROL_KOMMO_URL).hostname or "").partition(".")
    new = f"{found.get('subdomain')}.{domain}"
    if domain in DOMAINS and found.get("subdomain") not in (None, name):
        words = _("The account was renamed: it is %(new)s now. Its old address may stop answering at any time.")
        yield yellow(words % {"new": new}, _("Set FAROL_KOMMO_URL to https://%(new)s.") % {"new": new})
    zone = (inside.get("datetime_settings") or {}).get("timezone") or ""
    if zone and zone != clock.zone().key:
        words = _("Kommo's days follow %(theirs)s, Farol's follow %(ours)s: figures near midnight will differ.")
        yield yellow(words % {"theirs": zone, "ours": clock.zone().key}, _("Set the same zone in both."))
    currency = found.get("currency") or "BRL"
    if currency != "BRL":
        words = _("Kommo counts in %(currency)s; Farol takes its amounts as reais.")
        yield yellow(words % {"currency": currency}, _("Set the account's currency to BRL."))
    yield green(_("Kommo answers: account “%(name)s”.") % {"name": found.get("name", "")})


CHECKS = [Check("kommo", gettext_lazy("Kommo"), answers)]

"""The Kommo account that the settings name."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from farol.connectors.kommo.auth import auth, by_consent
from farol.engines.sources.errors import Missing
from farol.engines.sources.http import Http
from farol.engines.sources.limiter import Limit
from farol.engines.sources.session import Session

PUBLISHED = 7  # requests a second and address
PREFIX = "/api/v4"
ACCOUNT = (("with", "datetime_settings,users_groups,task_types"),)


def configured() -> bool:
    return bool(settings.FAROL_KOMMO_URL and (settings.FAROL_KOMMO_TOKEN or by_consent()))


def limit() -> Limit:
    """Counted by address, so all connections share it. Whoever sets a higher rate has been granted one."""
    rate = settings.FAROL_KOMMO_PER_SECOND
    return Limit("kommo", rate, max(PUBLISHED, math.ceil(rate)), parallel=settings.FAROL_KOMMO_PARALLEL)


def client(**options: Any) -> Http:
    """`options` as of `Http`."""
    return Http(settings.FAROL_KOMMO_URL + PREFIX, "Kommo", limit=limit(), auth=auth(), **options)


def session(connection: str) -> Session:
    return Session("kommo", connection, client())


def test() -> str:
    """Asks for the account and for its users, which only an administrator's credentials may see."""
    http = client(connect=1.0, read=1.0, whole=1.0, tries=1, longest_wait=1.0)
    try:
        name = (http.get("/account").body or {}).get("name", "")
        users = ((http.get("/users", (("limit", "250"),)).body or {}).get("_embedded") or {}).get("users") or []
    finally:
        http.close()
    return _("Kommo answers: account “%(name)s”, %(count)s users.") % {"name": name, "count": len(users)}


def people() -> list[tuple[str, str, str]]:
    """`(id, name, e-mail)` of the users."""
    http = client(tries=2, longest_wait=10.0)
    found: list[tuple[str, str, str]] = []
    try:
        for page in range(1, 100):
            body = http.get("/users", (("limit", "250"), ("page", str(page)))).body or {}
            found += [(str(u["id"]), u.get("name") or "", u.get("email") or "") for u in body["_embedded"]["users"]]
            if "next" not in body.get("_links", {}):
                break
    except (KeyError, TypeError) as error:
        raise Missing(_("Kommo gave no users.")) from error
    finally:
        http.close()
    return found

"""Writes entries."""

from __future__ import annotations

from typing import Any

from farol.core.rows import insert
from farol.platform.accounts.principal import Principal
from farol.platform.audit.models import Entry
from farol.platform.web.middleware import request_id


def write(principal: Principal | None, code: str, target: str, params: dict[str, Any]) -> None:
    """One row in the caller's transaction."""
    person = principal.user_id if principal else None
    actor = "" if person else (principal.label if principal else "anonymous")
    insert(
        Entry,
        person_id=person,
        actor=actor,
        code=code,
        target=target[:200],
        params=params,
        request_id=request_id.get(),
    )

"""The audit: who did what and when, append-only and hash-chained.

`record` writes in the caller's transaction; a job seals new entries into the chain; `chain.verify` finds tampering.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from farol.platform.accounts.principal import Principal
from farol.platform.audit.events import Event

__all__ = ["Event", "anchor", "record"]


def record(
    principal: Principal | None, code: str, *, target: object = "", params: dict[str, Any] | None = None
) -> None:
    """Add an entry. `params` holds JSON values and ids of people, never their names, addresses or documents.

    `code` is one that a room declared as an `Event`; `None` for a principal means nobody was signed in.
    """
    from farol.platform.audit.log import write

    write(principal, code, str(target), params or {})


def anchor(day: dt.date) -> str | None:
    """The end of the chain on a local day, as `position-digest`; None if nothing was sealed by then.

    A report prints it, so that whoever cuts the tail of the table contradicts a paper that has left the house.
    """
    from farol.platform.audit.chain import anchor_of

    return anchor_of(day)

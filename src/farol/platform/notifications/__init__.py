"""Notices to people: told in the transaction of their cause, read in the reader's language, live in the header.

A person chooses per category whether a notice appears in Farol and whether it also goes by e-mail, at once or in one
daily message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from farol.platform.notifications.notice import CATEGORIES, Notice

__all__ = ["CATEGORIES", "Notice", "notify", "people_with"]


def notify(
    to: Iterable[int],
    code: str,
    *,
    record: str = "",
    url: str = "",
    params: Mapping[str, Any] | None = None,
    key: str = "",
) -> int:
    """Tell the people with these ids (doubles and inactive ones fall away); how many were told.

    `code` is one that a room declared as a `Notice`; `params` holds JSON values for its sentence, and ids or numbers
    rather than names; `url` is where it leads. A person is told once only per `key`, where one is given.
    """
    from farol.platform.notifications.telling import tell

    return tell(to, code, record=record, url=url, params=params or {}, key=key)


def people_with(permission: str) -> list[int]:
    """Active people who hold the permission, be it for their own rows only."""
    from farol.platform.notifications.telling import holders

    return holders(permission)

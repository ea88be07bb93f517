"""Entries of the left rail, declared by each room in its `menu.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


@dataclass(frozen=True)
class MenuItem:
    """`group` is one of `home analyses alerts reports sources administration`; shown only to holders of a permission."""

    label: Any
    url_name: str
    icon: str
    group: str
    order: int
    permissions: tuple[str, ...] = ()


def items_for(principal: Principal) -> list[MenuItem]:
    """What the person may open, in the order of the rail."""
    allowed = [i for i in collect("menu", "ITEMS") if not i.permissions or any(principal.may(p) for p in i.permissions)]
    return sorted(allowed, key=lambda item: item.order)

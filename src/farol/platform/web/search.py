"""What the command palette finds beside pages: rooms offer `search.PROVIDERS` in their `search.py`.

A provider is called as `provider(principal, text)` and returns a few `Hit`s that the person may open.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice

from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect

MOST = 12


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    note: str = ""


def find(principal: Principal, text: str) -> list[dict[str, str]]:
    hits = (hit for provider in collect("search", "PROVIDERS") for hit in provider(principal, text))
    return [{key: str(value) for key, value in asdict(hit).items()} for hit in islice(hits, MOST)]

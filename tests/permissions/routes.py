"""The routes of the running system and the reviewed table of who may open them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from farol.platform.accounts.principal import Principal

HERE = Path(__file__).parent
TABLES = [HERE / "routes.toml", *sorted(HERE.glob("routes.d/*.toml")), *sorted(HERE.glob("modules.d/*.toml"))]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One line of the table. `rights` maps a method to what it asks for; a method that is absent is for nobody."""

    route: str
    rights: dict[str, str | list[str]]
    example: dict[str, str]

    @property
    def address(self) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(self.example[m.group(1)]), self.route)

    @property
    def api(self) -> bool:
        return self.route.startswith("api/")

    def allows(self, method: str, principal: Principal | None) -> bool:
        asked = self.rights.get(method)
        if asked is None:
            return False
        if asked == "public":
            return True
        if principal is None:
            return False
        names = [asked] if isinstance(asked, str) else asked
        return asked == "signed-in" or any(principal.may(name) for name in names)


def resolved(patterns: list | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the resolver as `urls.py` writes it, with its pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from resolved(pattern.url_patterns, route)
        else:
            yield route, pattern


def written() -> dict[str, dict[str, Any]]:
    """The reviewed rows as they are written, by route; no route stands in two files."""
    rows: dict[str, dict[str, Any]] = {}
    for path in TABLES:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        found.pop("module", None)
        assert not (twice := found.keys() & rows.keys()), f"{path.name}: {sorted(twice)} stand in another file too"
        rows |= found
    return rows


def table() -> dict[str, Route]:
    """The reviewed rows by route."""
    return {
        route: Route(route, {m: row[m] for m in METHODS if m in row}, row.get("example", {}))
        for route, row in written().items()
    }

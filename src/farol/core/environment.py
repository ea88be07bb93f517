"""Reads settings from the environment and from `.env`, and refuses bad values by name before anything starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class BadSetting(SystemExit):
    """Stops the start with a sentence that names the setting."""


@dataclass(frozen=True)
class Setting:
    """One row of the settings table: what `farol settings` and the operator guide print."""

    name: str
    default: str
    help: str
    secret: bool
    given: bool


class Environment:
    """The settings asked for so far, in the order in which they were asked."""

    def __init__(self, dotenv: Path | None = None) -> None:
        self.table: list[Setting] = []
        self.secrets: list[str] = []  # values given for secret settings, for the filter that keeps them out of logs
        self._values = {**_read_dotenv(dotenv), **os.environ}

    def read(
        self,
        name: str,
        default: str,
        convert: Callable[[str], T],
        help: str,
        *aliases: str,
        secret: bool = False,
    ) -> T:
        """The converted value of `name` (or of the older names beside it); `BadSetting` if it does not convert."""
        found = next((n for n in (name, *aliases) if self._values.get(n, "") != ""), None)
        self.table.append(Setting(name, default, help, secret, found is not None))
        text = self._values[found] if found else default
        if secret and found:
            self.secrets.append(text)
        try:
            return convert(text)
        except (ValueError, TypeError) as error:
            shown = "(secret)" if secret else repr(text)
            raise BadSetting(f"Setting {found or name} has a bad value {shown}: {error}") from error

    def text(self, name: str, default: str, help: str, *aliases: str, **options: Any) -> str:
        return self.read(name, default, str.strip, help, *aliases, **options)

    def number(self, name: str, default: int, help: str, *, low: int = 0, high: int = 2**31) -> int:
        def convert(text: str) -> int:
            value = int(text)
            if not low <= value <= high:
                raise ValueError(f"must be from {low} to {high}")
            return value

        return self.read(name, str(default), convert, help)

    def flag(self, name: str, default: bool, help: str) -> bool:
        return self.read(name, str(default).lower(), _flag, help)

    def names(self, name: str, default: str, help: str, *aliases: str) -> list[str]:
        """Comma-separated values without empty ones."""
        return self.read(name, default, lambda t: [x.strip() for x in t.split(",") if x.strip()], help, *aliases)

    def choice(self, name: str, default: str, allowed: tuple[str, ...], help: str) -> str:
        def convert(text: str) -> str:
            if text not in allowed:
                raise ValueError("must be one of " + ", ".join(allowed))
            return text

        return self.read(name, default, convert, help)


def _flag(text: str) -> bool:
    value = text.strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ValueError("must be true or false")


def _read_dotenv(path: Path | None) -> dict[str, str]:
    if path is None or not path.is_file():
        return {}
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            pairs[name.removeprefix("export ").strip()] = value.strip().strip("'\"")
    return pairs

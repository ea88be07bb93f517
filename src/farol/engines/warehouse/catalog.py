"""The list of published versions of one dataset, and which of them readers see."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A check that did not hold when the version was published: a note, or accepted by the person who loaded."""

    check: str
    params: dict[str, Any]
    hard: bool = False


@dataclass(frozen=True)
class Version:
    """What is known about a published version. `rows` counts the rows of each table."""

    number: int
    published_at: dt.datetime
    schema: str
    rows: dict[str, int]
    first_day: dt.date | None
    last_day: dt.date | None
    complete_until: dt.date | None
    findings: tuple[Finding, ...] = ()
    base: int | None = None
    run: str = ""
    size: int = 0

    @property
    def name(self) -> str:
        return str(self.number)

    def to_json(self) -> dict[str, Any]:
        return {key: _plain(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Version:
        days = {key: _day(body[key]) for key in ("first_day", "last_day", "complete_until")}
        published = dt.datetime.fromisoformat(body["published_at"])
        findings = tuple(Finding(**f) for f in body["findings"])
        return cls(**{**body, **days, "published_at": published, "findings": findings})


@dataclass(frozen=True)
class Catalog:
    """`current` is the version readers see (None before the first); `versions` are those kept, oldest first."""

    current: int | None = None
    versions: tuple[Version, ...] = ()
    last_number: int = field(default=0)

    def find(self, number: int | None) -> Version | None:
        return next((v for v in self.versions if v.number == number), None)

    @property
    def published(self) -> Version | None:
        return self.find(self.current)

    def with_version(self, version: Version, keep: int) -> Catalog:
        """The catalog after publishing `version`: the newest `keep` stay."""
        kept = (*self.versions, version)[-keep:]
        return Catalog(version.number, kept, version.number)

    def pointing_at(self, number: int) -> Catalog:
        return replace(self, current=number)

    def dumps(self) -> str:
        body = {"current": self.current, "last_number": self.last_number}
        return json.dumps({**body, "versions": [v.to_json() for v in self.versions]}, indent=1)

    @classmethod
    def loads(cls, text: str) -> Catalog:
        body = json.loads(text)
        versions = tuple(Version.from_json(v) for v in body["versions"])
        return cls(body["current"], versions, body["last_number"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None

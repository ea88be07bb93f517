"""What a connector declares to be fetched (`sources.SOURCES`): its entities and how each is walked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from farol.core.errors import NotFound
from farol.engines.sources.session import Session
from farol.platform.apps import collect

if TYPE_CHECKING:
    from farol.engines.sources.tokens import Tokens


@dataclass(frozen=True)
class Problem:
    """A record in another shape than agreed: `text` says, in the reader's language, what is wrong with `field`."""

    entity: str
    record_id: str
    field: str
    text: str


@dataclass(frozen=True)
class Batch:
    """Part of an entity, committed as one with its cursor.

    `rows` and `deleted` are by stage table; `raw` holds `(id, updated_at, payload)`. `cursor` is safe to resume from
    once this is committed (None: not yet). `done` of `total` pages or records, 0 where nobody can say.
    """

    rows: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    raw: list[tuple[str, int, str]] = field(default_factory=list)
    deleted: Mapping[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cursor: dict[str, Any] | None = None
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Days:
    """How an entity is compared with its source by the local day of `instant`, a column of the stage.

    `read(session, first, last, sure)` reads anew what lies in these days; with `sure`, until two readings agree.
    `find(session, ids)` asks for single records: what is in its day neither here nor there is gone, or has moved to
    another day. Without it the source is a log that may forget; what it once had stays here, and a full load, which is
    long, compares no more days than the daily one. `amount` names the column that is summed.
    """

    read: Callable[[Session, dt.date, dt.date, bool], Iterator[Batch]]
    find: Callable[[Session, Collection[str]], Iterator[Batch]] | None
    instant: str = "created_at"
    amount: str | None = None


@dataclass(frozen=True)
class Entity:
    """One kind of record. `walk(session, cursor, full)` hands it out.

    `table` is the stage table it fills (empty: several). Phase 0 (dictionaries) goes one after the other, before phase
    1 (data, several at once). An entity that is not `required` may be missing at the source.
    """

    name: str
    label: Any
    table: str
    walk: Callable[[Session, dict[str, Any] | None, bool], Iterator[Batch]]
    required: bool = True
    days: Days | None = None
    phase: int = 1


@dataclass(frozen=True)
class OAuth:
    """Consent of an account: `authorize_url(state)` is where to send the person, `exchange(host, code)` what comes of
    the code that they return with; `used()` is False where a token of another kind is set instead."""

    authorize_url: Callable[[str], str]
    exchange: Callable[[str, str], Tokens]
    used: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Source:
    """A system that data is fetched from.

    `session(connection)` opens it for one run; `test()` asks one harmless question, without a transaction and within
    2 s, and returns a sentence. `settings` names the settings it needs. `people()` lists `(external id, name, e-mail)`.
    """

    name: str
    label: Any
    dataset: str
    entities: tuple[Entity, ...]
    configured: Callable[[], bool]
    session: Callable[[str], Session]
    test: Callable[[], str]
    settings: tuple[str, ...] = ()
    permission: str = "sources.load"
    guide: str = ""
    oauth: OAuth | None = None
    parallel: Callable[[], int] = lambda: 1
    people: Callable[[], list[tuple[str, str, str]]] | None = None

    @property
    def asks_consent(self) -> bool:
        """True where the account is connected by its consent on a page."""
        return self.oauth is not None and self.oauth.used()

    @property
    def connection(self) -> str:
        """The connection that the settings define."""
        return "default"


def all_sources() -> tuple[Source, ...]:
    return collect("sources", "SOURCES")


def find_source(name: str) -> Source:
    """`NotFound` with the known names for another one."""
    for source in all_sources():
        if source.name == name:
            return source
    known = ", ".join(s.name for s in all_sources()) or "—"
    raise NotFound(_("“%(name)s” is not a source. Known: %(known)s.") % {"name": name, "known": known})

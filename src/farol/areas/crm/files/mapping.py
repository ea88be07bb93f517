"""Which column of somebody's files is what: a small TOML file, or what the upload page made of the headers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from farol.core.errors import BadInput

TRACKING = (
    *("origin", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_referrer"),
    *("referrer", "gclid", "fbclid"),
)
FIELDS = {
    "deals": (
        *("id", "name", "responsible", "stage", "created", "closed", "value", "product", "pipeline", "source", "lead"),
        *("loss_reason", "cost", "tags", *TRACKING),
    ),
    "leads": ("id", "name", "created", "responsible", "product", "source", "cost", "tags", *TRACKING),
    "users": ("id", "name", "team"),
}
OUTCOMES = ("won", "lost", "open")
FORMATS = ("date", "decimal", "delimiter", "encoding")
CHANNELS = ("organic", "paid", "referral", "outbound", "other")


@dataclass(frozen=True)
class TableMapping:
    """`columns` maps a field of `FIELDS` to the header that has it; `format` says how cells are written."""

    columns: dict[str, str] = field(default_factory=dict)
    format: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """How deals, leads and users stand in the files.

    `status` lists the words of the stage column that mean won, lost and open (no `open`: every other word is an open
    stage). `constants` are fields that no column has. `channel` says which channel a source belongs to.
    """

    tables: dict[str, TableMapping]
    status: dict[str, tuple[str, ...]]
    constants: dict[str, str] = field(default_factory=dict)
    channel: dict[str, str] = field(default_factory=dict)

    def has(self, table: str, name: str) -> bool:
        return name in self.tables[table].columns

    @property
    def linked(self) -> bool:
        """Whether each deal names its lead, so that both are one record."""
        return "leads" in self.tables and self.has("deals", "lead")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file; `BadInput` says which key is wrong."""
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("mapping", _("%(file)s is no TOML: %(reason)s") % {"file": path.name, "reason": error}) from None


def parse(given: Map[str, Any]) -> Mapping:
    """From the nested tables of the TOML file."""
    _known(given, (*FIELDS, "constants", "channel"), "")
    tables = {name: _table(name, _section(given, name)) for name in FIELDS if name in given}
    status = _section(_section(given, "deals"), "status")
    _known(status, OUTCOMES, "deals.status")
    constants = _texts(_section(given, "constants"), "constants")
    _known(constants, FIELDS["deals"], "constants")
    channel = _texts(_section(given, "channel"), "channel")
    words = {outcome: _words(status.get(outcome, []), outcome) for outcome in OUTCOMES}
    return _checked(Mapping(tables, words, constants, channel))


def from_json(kept: Map[str, Any]) -> Mapping:
    """From `Mapping.to_json`."""
    tables = {name: TableMapping(**table) for name, table in kept["tables"].items()}
    status = {outcome: tuple(words) for outcome, words in kept["status"].items()}
    return _checked(Mapping(tables, status, dict(kept["constants"]), dict(kept["channel"])))


def _table(name: str, section: Map[str, Any]) -> TableMapping:
    inner = ("format", "status") if name == "deals" else ("format",)
    columns = _texts({k: v for k, v in section.items() if k not in inner}, name)
    _known(columns, FIELDS[name], name)
    form = _texts(_section(section, "format"), f"{name}.format")
    _known(form, FORMATS, f"{name}.format")
    return TableMapping(columns, form)


def _checked(mapping: Mapping) -> Mapping:
    """Without these a deal or lead could not be placed in time or told from another."""
    if "deals" not in mapping.tables:
        raise _wrong(_("The mapping has no [deals]."))
    needed: list[tuple[str, str]] = [
        ("deals", "stage"),
        *((t, "created") for t in ("deals", "leads") if t in mapping.tables),
    ]
    if mapping.linked:
        needed = [pair for pair in needed if pair != ("deals", "created")] + [("leads", "id")]
    if mapping.status["won"] or mapping.status["lost"]:
        needed.append(("deals", "closed"))
    if "users" in mapping.tables:
        needed.append(("users", "name"))
    for table, name in needed:
        constant = name in mapping.constants and name not in ("id", "created", "closed")
        if not mapping.has(table, name) and not constant:
            raise _wrong(_("The mapping does not say which column is %(field)s.") % {"field": f"{table}.{name}"})
    for channel in mapping.channel.values():
        if channel not in CHANNELS:
            known = ", ".join(CHANNELS)
            raise _wrong(_("“%(name)s” is no channel. Known: %(known)s.") % {"name": channel, "known": known})
    return mapping


def _section(given: Map[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name, {})
    if not isinstance(found, dict):
        raise _wrong(_("[%(name)s] is not a table.") % {"name": name})
    return found


def _texts(section: Map[str, Any], place: str) -> dict[str, str]:
    for key, value in section.items():
        if not isinstance(value, str) or not value.strip():
            raise _wrong(_("%(key)s is not a text.") % {"key": f"{place}.{key}"})
    return {key: value.strip() for key, value in section.items()}


def _words(value: Any, outcome: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _wrong(_("%(key)s is not a list of texts.") % {"key": f"deals.status.{outcome}"})
    return tuple(value)


def _known(given: Map[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in given:
        if key not in known:
            name = f"{place}.{key}" if place else f"[{key}]"
            raise _wrong(
                _("%(name)s is not known in a mapping. Known: %(known)s.") % {"name": name, "known": ", ".join(known)}
            )


def _wrong(sentence: str) -> BadInput:
    return BadInput("mapping", sentence)

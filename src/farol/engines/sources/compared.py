"""What the comparison with a source found, for pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.money import from_centavos
from farol.engines.sources.models import LoadRun, SourceDay
from farol.engines.sources.queries import entity_labels
from farol.engines.sources.source import Entity, Source

MOST_DAYS = 400


def gaps_in_words(run: LoadRun) -> list[str]:
    """What a load found differing, a sentence for each day and entity."""
    labels, words = entity_labels(run), _("%(day)s, %(records)s: %(here)s here, %(there)s at the source")
    return [
        words
        % {
            "day": formats.date(dt.date.fromisoformat(gap["day"])),
            "records": labels.get(gap["entity"], gap["entity"]),
            "here": _sums(gap["rows"], gap.get("amount")),
            "there": _sums(gap["source_rows"], gap.get("source_amount")),
        }
        for gap in run.gaps
    ]


def _sums(rows: int, amount: str | None) -> str:
    return formats.number(rows) + (f" ({formats.brl(Decimal(amount))})" if amount else "")


@dataclass(frozen=True)
class ComparedDay:
    """A day of an entity, here and at the source; amounts in reais, None where nothing is summed."""

    day: dt.date
    label: str
    state: str
    rows: int
    source_rows: int | None
    amount: Decimal | None
    source_amount: Decimal | None
    checked_at: dt.datetime | None


def compared_days(source: Source) -> list[ComparedDay]:
    """Those that differ first, then the newest."""
    kept = SourceDay.objects.filter(source=source.name, connection=source.connection).order_by("-day", "entity")
    found = [*kept.filter(state="gap"), *kept.exclude(state="gap")[:MOST_DAYS]]
    labels = {entity.name: _compared_label(entity) for entity in source.entities}
    return [
        ComparedDay(
            row.day,
            labels.get(row.entity, row.entity),
            row.state,
            row.rows,
            row.source_rows,
            _reais(row.amount),
            _reais(row.source_amount),
            row.checked_at,
        )
        for row in found
    ]


def _compared_label(entity: Entity) -> str:
    if entity.days is None or entity.days.instant == "created_at":
        return str(entity.label)
    return _("%(records)s, by last change") % {"records": entity.label}


def _reais(centavos: int | None) -> Decimal | None:
    return None if centavos is None else from_centavos(centavos)

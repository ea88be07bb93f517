"""Receipts: the short code on every figure that opens what stands behind it, and runs it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation

from farol.core import clock
from farol.core.ids import short_code
from farol.engines.metrics.answer import Answer
from farol.engines.metrics.contribution import Explanation
from farol.engines.metrics.model import Measure, RowRules, SemanticModel
from farol.engines.metrics.models import Receipt
from farol.engines.metrics.output import explanation_as_json, plain, rows_as_json

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

SHOWN_ROWS = 200


@dataclass(frozen=True)
class Draft:
    """A receipt before it is known whether one with its code is already kept."""

    code: str
    kind: str
    definition: dict[str, Any]
    query: dict[str, Any]
    rules: dict[str, list[Any]]
    answer: Any
    reader: Reader

    def receipt(self) -> Receipt:
        return Receipt(
            code=self.code,
            model=self.query["model"],
            kind=self.kind,
            definition=self.definition,
            query=self.query,
            rules=self.rules,
            data_version=self.reader.version,
            complete_until=self.reader.complete_until,
            published_at=self.reader.published_at,
            shown=self.answer(),
            created_at=clock.now(),
        )


def of_answer(reader: Reader, found: Answer) -> Draft:
    """The receipt of an answered query."""
    resolved = found.resolved
    return draft(
        reader,
        "query",
        resolved.model,
        resolved.measures,
        resolved.canonical(),
        found.rules,
        lambda: rows_as_json(resolved.measures, found.rows[:SHOWN_ROWS]),
    )


def of_explanation(reader: Reader, found: Explanation, rules: RowRules) -> Draft:
    """The receipt of a change and its parts."""
    resolved = found.query
    return draft(
        reader,
        "explain",
        resolved.model,
        resolved.measures,
        resolved.canonical(),
        rules,
        lambda: explanation_as_json(found, SHOWN_ROWS),
    )


def draft(
    reader: Reader,
    kind: str,
    model: SemanticModel,
    measures: Sequence[Measure],
    query: dict[str, Any],
    rules: RowRules,
    shown: Any,
) -> Draft:
    """A receipt for `query` (JSON-ready); `shown` gives the values only if they must be written."""
    definition = definition_of(model, measures)
    allowed = rules_as_json(rules)
    version = [reader.version, reader.published_at.isoformat()]
    identity = json.dumps([kind, definition, query, allowed, version], sort_keys=True, ensure_ascii=False)
    return Draft(short_code(identity), kind, definition, query, allowed, shown, reader)


def definition_of(model: SemanticModel, measures: Sequence[Measure]) -> dict[str, Any]:
    """What the figures mean, in the language of the code, so that the hash is the same for every reader."""
    with translation.override("en"):
        return {
            "base_filter": model.base_filter,
            "measures": [
                {"name": m.name, "unit": m.unit.value, "formula": repr(m.formula), "text": str(m.definition)}
                for m in measures
            ],
        }


def keep(drafts: Sequence[Draft]) -> list[str]:
    """Write the receipts that are not there yet (the one write a GET may cause); their codes, in order."""
    codes = [d.code for d in drafts]
    known = set(Receipt.objects.filter(code__in=set(codes)).values_list("code", flat=True))
    missing = {d.code: d for d in drafts if d.code not in known}
    if missing:
        Receipt.objects.bulk_create([d.receipt() for d in missing.values()], ignore_conflicts=True)
    return codes


def rules_as_json(rules: RowRules) -> dict[str, list[Any]]:
    """Row rules as a receipt keeps them."""
    return {column: [plain(value) for value in values] for column, values in sorted(rules.items())}

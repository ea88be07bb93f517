"""The names of the flags, as one form: what `farol query` and `farol explain` take, REST takes by the same names."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.metrics.model import SemanticModel
from farol.engines.metrics.period import parse_period
from farol.engines.metrics.query import Query


def query_of(
    model: str | SemanticModel,
    *,
    measures: str | Sequence[str],
    by: str | Sequence[str] = (),
    where: Mapping[str, Any] | Sequence[str] = (),
    period: str | None = None,
    compare: str | Sequence[str] = (),
    order: str | Sequence[str] = (),
    limit: int | None = None,
) -> Query:
    """A query from texts: lists as `a,b`, `where` as `dimension=value,value`, `order` as `tpv:desc` or `-tpv`.

    `BadInput` names the flag.
    """
    return Query(
        model,
        names(measures),
        names(by),
        where if isinstance(where, Mapping) else conditions(where),
        parse_period(period) if period else None,
        names(compare),
        [direction(text) for text in names(order)],
        limit,
    )


def names(text: str | Sequence[str]) -> list[str]:
    """`a, b` as a list without empty names."""
    parts = text.split(",") if isinstance(text, str) else text
    return [part.strip() for part in parts if part.strip()]


def direction(text: str) -> tuple[str, str]:
    """`tpv:desc`, `-tpv` or `tpv` (ascending)."""
    if text.startswith("-"):
        return text[1:], "desc"
    name, _colon, way = text.partition(":")
    return name, way or "asc"


def conditions(texts: Sequence[str]) -> dict[str, list[str]]:
    """`dimension=value,value`; a value with a comma stands in double quotes. Several for one dimension add values."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise BadInput("where", _("Write a filter as dimension=value,value."))
        found.setdefault(name.strip(), []).extend(next(csv.reader([values], skipinitialspace=True)))
    return found

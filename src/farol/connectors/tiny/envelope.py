"""Reads what Tiny answers, in all the shapes in which it comes; decides by codes, never by the HTTP status alone."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from farol.connectors.tiny.port import ErpDoubt

NOTHING_FOUND, NO_SUCH_PAGE = 20, 23
NOT_PROCESSED, PARTLY = 1, 4


@dataclass(frozen=True)
class Answer:
    """`code` is None for success; `texts` are Tiny's own words; `records` the rows of a write."""

    body: dict[str, Any]
    ok: bool
    processing: int | None = None
    code: int | None = None
    texts: tuple[str, ...] = ()
    records: tuple[dict[str, Any], ...] = field(default_factory=tuple)

    @property
    def pages(self) -> int:
        return whole(self.body.get("numero_paginas")) or 1


def parse(content: bytes) -> Answer:
    """`ErpDoubt` for what is no envelope (an HTML page, nothing, a cut text)."""
    try:
        body = json.loads(content, parse_float=Decimal, parse_constant=_refuse)["retorno"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(body, dict):
        raise _unreadable()
    records = tuple(rows(body, "registros", "registro"))
    ok = _is_ok(body) and all(_is_ok(record) for record in records if "status" in record)
    faulty = next((part for part in (body, *records) if whole(part.get("codigo_erro"))), {})
    texts = tuple(text for part in (body, *records) for text in _texts(part.get("erros")))
    return Answer(body, ok, whole(body.get("status_processamento")), whole(faulty.get("codigo_erro")), texts, records)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _unreadable() -> ErpDoubt:
    return ErpDoubt(_("Tiny's answer could not be read."))


def _is_ok(part: dict[str, Any]) -> bool:
    return str(part.get("status", "")).strip().upper() == "OK"


def _texts(errors: Any) -> list[str]:
    found = errors if isinstance(errors, list) else [errors]
    words = (error.get("erro") if isinstance(error, dict) else error for error in found)
    return [word.strip() for word in words if isinstance(word, str) and word.strip()]


def rows(body: dict[str, Any], plural: str, singular: str) -> list[dict[str, Any]]:
    """A list whose entries may be wrapped or not, or that is a single object."""
    value = body.get(plural)
    found = value if isinstance(value, list) else [value]
    rows = []
    for entry in found:
        inner = entry.get(singular, entry) if isinstance(entry, dict) else None
        rows += [part for part in (inner if isinstance(inner, list) else [inner]) if isinstance(part, dict)]
    return rows


def text(value: Any) -> str:
    """Text without blanks around it; numbers as text; null, empty and a lone blank alike as nothing."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def whole(value: Any) -> int | None:
    """A whole number that came as number or text."""
    try:
        return int(text(value))
    except ValueError:
        return None


def decimal(value: Any) -> Decimal | None:
    """`1234.56`, `1234,56` and `1.234,56`."""
    plain = text(value)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day(value: Any) -> dt.date | None:
    """`dd/mm/yyyy`, with or without a time behind it."""
    try:
        return dt.datetime.strptime(text(value)[:10], "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None

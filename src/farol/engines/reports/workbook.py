"""A report as XLSX: one sheet per table and chart with its raw figures, then the findings and the origin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from farol.core.money import CENT
from farol.engines.reports.document import Card, Cards, Chart, Document, Field, Note, Notes, Section, Summary, Table
from farol.platform.exports import Column, Kind, xlsx_book

Sheet = tuple[str, list[Column], list[tuple[Any, ...]]]


def write(document: Document, target: BinaryIO) -> None:
    """The workbook to a binary stream."""
    xlsx_book(target, [_texts(document), *_tables(document), _origin(document)], filters=False)


def _texts(document: Document) -> Sheet:
    rows: list[tuple[Any, ...]] = [(document.title, document.subtitle, None)]
    if document.notice:
        rows.append((_("Notice"), document.notice, None))
    for section in document.sections:
        rows += _lines(section)
    return _("Summary"), [Column("part", _("Part")), Column("text", _("Text")), Column("action", _("Action"))], rows


def _lines(section: Section) -> Iterator[tuple[Any, ...]]:
    for block in section.blocks:
        if isinstance(block, Summary):
            yield from ((section.title, sentence, None) for sentence in block.sentences)
        elif isinstance(block, Cards):
            yield from ((section.title, _card(card), None) for card in block.cards)
        elif isinstance(block, Notes):
            yield from ((section.title, _note(note), note.action or None) for note in block.items)


def _card(card: Card) -> str:
    return f"{card.label}: {card.full}"


def _note(note: Note) -> str:
    return f"{note.text} [{note.receipt}]" if note.receipt else note.text


def _tables(document: Document) -> Iterator[Sheet]:
    for section in document.sections:
        for block in section.blocks:
            table = block.data if isinstance(block, Chart) else block
            if isinstance(table, Table):
                title = table.title or (block.title if isinstance(block, Chart) else "") or section.title
                yield title, list(table.fields), [_raw(table.fields, row) for row in table.rows]


def _raw(fields: Sequence[Field], row: Sequence[Any]) -> tuple[Any, ...]:
    """Figures to the centavo, percents to four decimals: as exact as anything says them."""
    places = {Kind.MONEY: CENT, Kind.PERCENT: Decimal("0.0001")}
    return tuple(
        value.quantize(places[Kind(field.kind)], ROUND_HALF_UP)
        if isinstance(value, Decimal) and field.kind in places
        else value
        for field, value in zip(fields, row, strict=True)
    )


def _origin(document: Document) -> Sheet:
    rows: list[tuple[Any, ...]] = list(document.origin.facts)
    rows += [(f"[{r.number}] {r.label}", r.code) for r in document.origin.receipts]
    return _("Origin"), [Column("what", _("What")), Column("value", _("Value"))], rows

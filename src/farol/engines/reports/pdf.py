"""A report as PDF: typst lays it out from data, with fonts of our own; the same bytes on every machine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farol.core import formats
from farol.engines.reports.document import (
    Block,
    Card,
    Cards,
    Chart,
    Document,
    Field,
    Look,
    Note,
    Notes,
    Section,
    Summary,
    Table,
)
from farol.engines.reports.drawing import svg
from farol.engines.reports.figures import arrow, shown, tone
from farol.platform.exports import FONTS

_HERE = Path(__file__).parent
_FULL_WIDTH, _HALF_WIDTH, _CARD_WIDTH, _SPARK_HEIGHT = 680, 330, 200, 34


def render(document: Document) -> bytes:
    """The report as PDF."""
    return typst.compile(
        _HERE / "typst" / "report.typ",
        root=_HERE / "typst",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_data(document), ensure_ascii=False)},
        timestamp=dt.datetime.combine(document.day, dt.time(), dt.UTC),
    )


def _data(document: Document) -> dict[str, Any]:
    origin = document.origin
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "lang": document.language[:2],
        "day": formats.date(document.day),
        "footer": f"{document.title} · {formats.date(document.day)}",
        "words": {"page": _("Page"), "of": pgettext("page 1 of 3", "of"), "action": _("Action")},
        "sections": [_section(section) for section in document.sections],
        "origin": {
            "title": _("Origin of the figures"),
            "facts": [list(fact) for fact in origin.facts],
            "receipts": [{"number": r.number, "label": r.label, "code": r.code} for r in origin.receipts],
        },
    }


def _section(section: Section) -> dict[str, Any]:
    return {"title": section.title, "marks": _marks(section.receipts), "blocks": list(_blocks(section.blocks))}


def _blocks(blocks: Any) -> Iterator[dict[str, Any]]:
    """Two half-wide charts in a row stand side by side."""
    waiting: list[Chart] = []
    for block in blocks:
        if isinstance(block, Chart) and block.half:
            waiting.append(block)
            if len(waiting) == 2:
                yield _charts(waiting)
                waiting = []
            continue
        if waiting:
            yield _charts(waiting)
            waiting = []
        yield _block(block)
    if waiting:
        yield _charts(waiting)


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Summary):
        return {"type": "summary", "sentences": list(block.sentences)}
    if isinstance(block, Cards):
        return {"type": "cards", "cards": [_card(card) for card in block.cards]}
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Chart):
        return _charts([block])
    return _notes(block)


def _card(card: Card) -> dict[str, Any]:
    return {
        "label": card.label,
        "value": card.value,
        "full": card.full,
        "changes": [
            {
                "label": c.label,
                "text": formats.NONE if c.pct is None else f"{arrow(c.pct)} {formats.percent(c.pct, sign=True)}",
                "tone": tone(c.pct, c.good),
            }
            for c in card.changes
        ],
        "spark": svg(card.spark, _CARD_WIDTH, _SPARK_HEIGHT) if card.spark else None,
    }


def _table(table: Table) -> dict[str, Any]:
    wide = max((i for i, column in enumerate(table.fields) if not column.right), default=None)
    return {
        "type": "table",
        "title": table.title,
        "note": table.note,
        "strong": -1 if table.strong is None else table.strong,
        "columns": [
            {"label": str(column.label), "right": column.right, "wide": i == wide, "width": column.width or None}
            for i, column in enumerate(table.fields)
        ],
        "rows": [[_cell(v, c) for v, c in zip(row, table.fields, strict=True)] for row in table.rows],
    }


def _cell(value: Any, column: Field) -> dict[str, str]:
    toned = tone(value, column.good) if column.look is not Look.PLAIN else ""
    return {"text": shown(value, column), "tone": toned}


def _charts(items: list[Chart]) -> dict[str, Any]:
    width = _HALF_WIDTH if len(items) > 1 else _FULL_WIDTH
    return {
        "type": "charts",
        "items": [{"title": c.title, "caption": c.caption, "svg": svg(c.option, width, c.height)} for c in items],
    }


def _notes(notes: Notes) -> dict[str, Any]:
    return {"type": "notes", "items": [_note(item) for item in notes.items]}


def _note(note: Note) -> dict[str, str]:
    mark = str(note.receipt) if note.receipt else ""
    return {"text": note.text, "action": note.action, "mark": mark, "tone": note.tone}


def _marks(numbers: Any) -> str:
    return ", ".join(str(number) for number in numbers)

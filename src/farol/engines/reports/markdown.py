"""A report as Markdown. Text that came with the data is escaped: it can make no link, image, tag or table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.reports.document import Block, Card, Cards, Chart, Document, Note, Notes, Section, Summary, Table
from farol.engines.reports.figures import arrow, shown

MOST_ROWS = 20
BEGIN, END = "<!-- farol:data -->", "<!-- /farol:data -->"
_SPECIAL = re.compile(r"[\\`*\[\]<>|~#!&]|(?<![0-9A-Za-zÀ-ÿ])_|_(?![0-9A-Za-zÀ-ÿ])|(?<=:)//|(?<=[Ww][Ww][Ww])\.|@")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def render(document: Document) -> str:
    """The whole report; what stands between `BEGIN` and `END` is its data section."""
    return "\n".join([*_head(document), BEGIN, data_section(document), END, "", *_origin(document), ""])


def data_section(document: Document) -> str:
    """The part that depends on the data alone."""
    lines = ["", *([f"> {text(document.notice)}", ""] if document.notice else [])]
    for section in document.sections:
        lines += _section(section)
    return "\n".join(lines)


def text(value: str) -> str:
    """`value` as plain text of a Markdown line."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", _BREAKS.sub(" ", value))


def _head(document: Document) -> list[str]:
    return [f"# {text(document.title)}", "", f"**{text(document.subtitle)}**", ""]


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"## {text(section.title)}{_marks(section.receipts)}"
        yield ""
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterable[str]:
    if isinstance(block, Summary):
        return [line for sentence in block.sentences for line in (text(sentence), "")]
    if isinstance(block, Cards):
        return [*(_card(card) for card in block.cards), ""]
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Chart):
        return _chart(block)
    return _notes(block)


def _card(card: Card) -> str:
    changes = "; ".join(
        f"{text(c.label)} {formats.NONE if c.pct is None else arrow(c.pct) + ' ' + formats.percent(c.pct, sign=True)}"
        for c in card.changes
    )
    return f"- **{text(card.label)}**: {text(card.full)} ({changes})"


def _chart(chart: Chart) -> Iterator[str]:
    """What the chart shows in words, and its figures where they are few enough to read."""
    yield f"**{text(chart.title)}** {text(chart.caption)}" if chart.title else text(chart.caption)
    yield ""
    if chart.data and len(chart.data.rows) <= MOST_ROWS:
        yield from _table(chart.data)


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"### {text(table.title)}"
        yield ""
    yield _row(text(str(column.label)) for column in table.fields)
    yield _row("---:" if column.right else "---" for column in table.fields)
    for number, row in enumerate(table.rows):
        cells = [text(shown(value, column)) for value, column in zip(row, table.fields, strict=True)]
        yield _row(f"**{cell}**" for cell in cells) if number == table.strong else _row(cells)
    yield ""
    if table.note:
        yield f"_{text(table.note)}_"
        yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _notes(notes: Notes) -> list[str]:
    return [*(_note(item) for item in notes.items), ""]


def _note(note: Note) -> str:
    action = f" **{_('Action')}:** {text(note.action)}" if note.action else ""
    return f"- {text(note.text)}{_marks([note.receipt] if note.receipt else [])}{action}"


def _marks(receipts: Iterable[int]) -> str:
    return "".join(f" \\[{number}\\]" for number in receipts)


def _origin(document: Document) -> Iterator[str]:
    yield f"## {_('Origin of the figures')}"
    yield ""
    for label, value in document.origin.facts:
        yield f"- {text(label)}: {text(value)}"
    for receipt in document.origin.receipts:
        yield f"- \\[{receipt.number}\\] {text(receipt.label)}: `{receipt.code}`"

"""Raw values of a report as text, the same in every format."""

from __future__ import annotations

from typing import Any

from farol.core import formats
from farol.engines.reports.document import Field, Look
from farol.platform.exports import Kind

UP, DOWN, FLAT = "▲", "▼", "●"


def shown(value: Any, column: Field) -> str:
    """`value` as people read it; None is a dash."""
    if value is None:
        return formats.NONE
    if column.look is not Look.PLAIN:
        text = signed(value, column)
        return f"{arrow(value)} {text}" if column.look is Look.CHANGE else text
    if column.kind == Kind.MONEY:
        return formats.brl(value)
    if column.kind == Kind.PERCENT:
        return formats.percent(value, column.digits)
    if column.kind == Kind.INTEGER:
        return formats.number(value)
    if column.kind == Kind.NUMBER:
        return formats.number(value, column.digits)
    return formats.date(value) if column.kind == Kind.DATE else str(value)


def signed(value: Any, column: Field) -> str:
    """A difference with its sign, so that it reads without colours."""
    if column.kind == Kind.MONEY:
        return formats.signed_brl(value)
    if column.kind == Kind.PERCENT:
        return formats.percent(value, column.digits, sign=True)
    digits = 0 if column.kind == Kind.INTEGER else column.digits
    return ("+" if value > 0 else "") + formats.number(value, digits)


def arrow(value: Any) -> str:
    return UP if value > 0 else DOWN if value < 0 else FLAT


def tone(value: Any, good: int) -> str:
    """`good`, `bad` or nothing."""
    if value is None or not value or not good:
        return ""
    return "good" if (value > 0) == (good > 0) else "bad"

"""The sellers that the loaded data name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlglot import exp, select

from farol.core.errors import Unavailable
from farol.engines.warehouse import open_reader
from farol.platform.tables.names import normal


def sellers() -> dict[str, str]:
    """Names by number, in the order of the names, active people first; nothing before the first load."""
    try:
        with open_reader("crm") as reader:
            table = exp.to_table(reader.table("seller"), dialect=reader.dialect)
            columns = [exp.column(name, quoted=True) for name in ("seller_id", "seller", "active")]
            rows = reader.rows(select(*columns).from_(table).sql(dialect=reader.dialect))
    except Unavailable:
        return {}
    rows.sort(key=lambda row: (not row[2], normal(row[1]), row[0]))
    return {ident: name for ident, name, _active in rows if ident}


def seller_of(text: str, known: Mapping[str, str]) -> str | None:
    """The number of the seller called so, or whose number it is; None where nobody or more than one is meant."""
    if text in known:
        return text
    found = [ident for ident, name in known.items() if normal(name) == normal(text)]
    return found[0] if len(found) == 1 else None


def month_of(text: str) -> dt.date | None:
    """The first day of the month written as 2026-11, 11/2026, or any of its days; None for anything else."""
    for form in ("%Y-%m", "%m/%Y", "%Y-%m-%d", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d %b %Y", "%Y-%m-%d %H:%M:%S"):
        try:
            found = dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found.replace(day=1) if 2000 <= found.year <= 2100 else None
    return None

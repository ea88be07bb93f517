"""A record on paper: the same content as a page to print and as PDF."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import typst
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from farol.core import clock, formats
from farol.core.fields import MoneyFormField
from farol.engines.workflow import detail, lists
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Fact, Module
from farol.engines.workflow.timeline import timeline
from farol.platform.accounts.principal import Principal
from farol.platform.exports import FONTS

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Table:
    title: Any
    heads: list[tuple[Any, bool]]
    rows: list[list[str]]

    @property
    def named(self) -> bool:
        """False for columns that need no names."""
        return any(label for label, _right in self.heads)


@dataclass(frozen=True)
class Paper:
    """Everything as text, so that both forms say the same."""

    title: str
    number: str
    kind: str
    state: str
    facts: list[tuple[str, list[tuple[str, str]]]]
    tables: list[Table]
    history: list[tuple[str, str, str, str]]
    made: str


def paper(module: Module, record: Case, principal: Principal) -> Paper:
    common = [(_("State"), str(lists.state_of(module, record).label)), (_("Owner"), str(record.owner or formats.NONE))]
    common += [(_("Deadline"), formats.date(record.deadline)), (_("Opened"), _instant(record.created_at))]
    groups = [
        (str(group.title), [(str(fact.label), shown(fact)) for fact in group.facts])
        for group in module.facts(record, principal)
    ]
    history = [
        (_instant(e.at), " · ".join(filter(None, (str(e.title), e.move))), str(e.who), str(e.text))
        for e in timeline(record)
    ]
    return Paper(
        module.title(record),
        record.number,
        str(module.label),
        str(lists.state_of(module, record).label),
        [(_("Record"), common), *groups],
        [*_tables(module, record, principal), *_parts(module, record, principal), *_linked(record, principal)],
        history,
        _("Printed on %(when)s by %(who)s") % {"when": _instant(clock.now()), "who": principal.user or principal.label},
    )


def shown(fact: Fact) -> str:
    """A value in words, as its kind wants it."""
    value = fact.value
    if value is None or value == "":
        return formats.NONE
    writers: dict[str, Any] = {
        "money": formats.brl,
        "integer": formats.number,
        "number": lambda v: formats.number(v, 2),
        "percent": formats.percent,
        "date": lambda v: formats.date(localtime(v).date() if isinstance(v, dt.datetime) else v),
        "datetime": _instant,
        "boolean": lambda v: _("Yes") if v else _("No"),
        "status": lambda v: str(v.label),
    }
    return writers[fact.kind](value) if fact.kind in writers else str(value)


def _instant(moment: dt.datetime) -> str:
    return formats.instant(localtime(moment))


def _tables(module: Module, record: Case, principal: Principal) -> list[Table]:
    """The sub-rows, with the labels of the form that fills them in."""
    lines = module.form.lines if module.form else None
    rows = module.item(record, principal).get(lines.name) if lines else None
    if not lines or not isinstance(rows, list):
        return []
    fields = {name: field for name, field in lines.form.base_fields.items() if any(row.get(name) for row in rows)}
    heads = [(str(field.label), isinstance(field, MoneyFormField)) for field in fields.values()]
    cells = [[_cell(row.get(name), field) for name, field in fields.items()] for row in rows]
    return [Table(str(lines.label), heads, cells)]


def _parts(module: Module, record: Case, principal: Principal) -> list[Table]:
    """The sections that have something for paper, such as what the case cost."""
    tables = []
    for section in detail.sections(module):
        context = section.context(record, principal) if section.printed else None
        rows = section.printed(context) if section.printed and context is not None else []
        if rows:
            heads = [("", place == len(rows[0]) - 1) for place in range(len(rows[0]))]
            tables.append(Table(section.title, heads, [list(row) for row in rows]))
    return tables


def _linked(record: Case, principal: Principal) -> list[Table]:
    """The records that belong to it, as far as the person may know of them."""
    found = [one for one in detail.neighbours(record, principal) if one.number and one.state]
    heads = [(_("Number"), False), (_("Kind"), False), (_("Record"), False), (_("State"), False)]
    rows = [[one.number, str(one.kind), one.title, str(one.state.label if one.state else "")] for one in found]
    return [Table(_("Linked records"), heads, rows)] if rows else []


def _cell(value: Any, field: Any) -> str:
    if value is None or value == "":
        return formats.NONE
    if isinstance(field, MoneyFormField):
        try:
            return formats.brl(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return str(dict(getattr(field, "choices", ()) or ()).get(value, value))


def pdf(content: Paper) -> bytes:
    """All content goes in as data: nothing of it is ever evaluated as markup."""
    data = {
        "title": content.title,
        "number": content.number,
        "kind": content.kind,
        "state": content.state,
        "lang": (get_language() or "pt")[:2],
        "made": content.made,
        "words": {"page": _("Page"), "of": pgettext("page 1 of 3", "of"), "history": _("What happened")},
        "facts": [{"title": title, "facts": [list(fact) for fact in facts]} for title, facts in content.facts],
        "tables": [
            {
                "title": str(t.title),
                "heads": [{"label": str(label), "right": right} for label, right in t.heads],
                "rows": t.rows,
            }
            for t in content.tables
        ],
        "history": [dict(zip(("at", "title", "who", "text"), entry, strict=True)) for entry in content.history],
    }
    return typst.compile(
        _HERE / "typst" / "record.typ",
        root=_HERE / "typst",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"record": json.dumps(data, ensure_ascii=False)},
    )

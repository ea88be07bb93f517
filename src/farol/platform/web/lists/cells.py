"""How the cells of a list are drawn.

In Python, because a page has hundreds of them, and a template for each would be most of the page's time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farol.core import formats
from farol.platform.web.templatetags.farol import ago, localdate, pill

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import Column

NOTHING = mark_safe('<span class="nothing">—</span>')
LINK_END, CELL_END = mark_safe("</a></td>"), mark_safe("</td>")


@lru_cache(maxsize=1024)
def _pill(label: str, tone: str, icon: str) -> SafeString:
    return pill(label, tone, icon)


_DRAW: dict[str, Callable[[Any], Any]] = {
    "status": lambda value: _pill(str(value.label), value.tone, value.icon),
    "money": formats.brl,
    "integer": formats.number,
    "number": lambda value: formats.number(value, 2),
    "percent": formats.percent,
    "date": localdate,
    "datetime": ago,
    "boolean": lambda value: _("Yes") if value else _("No"),
}


@dataclass(frozen=True)
class Cell:
    """One value under one column. `before` and `after` are its element, with the link that opens the row."""

    column: Column
    value: Any
    row: Any
    before: str = ""
    after: str = ""

    @cached_property
    def html(self) -> SafeString:
        """What the cell shows, where its column has no template."""
        if self.column.draw:
            return conditional_escape(self.column.draw(self.row, self.value))
        if self.value is None or self.value == "":
            return NOTHING
        kind = "text" if self.column.personal else self.column.kind  # what is masked is text
        return conditional_escape(_DRAW.get(kind, str)(self.value))


def openings(columns: list[Column]) -> list[SafeString]:
    """The elements that the cells of each column begin with."""
    found = []
    for place, column in enumerate(columns):
        css = "num" if column.numeric else "" if place else "cell-lead"
        found.append(
            format_html('<td data-label="{}"{}>', column.label, format_html(' class="{}"', css) if css else "")
        )
    return found


def cells(columns: list[Column], begun: list[SafeString], row: Any, url: str) -> list[Cell]:
    link = format_html('<a class="row-link" href="{}">', url) if url else None
    found = []
    for column, begin in zip(columns, begun, strict=True):
        linked = column.link and link
        found.append(
            Cell(column, column.masked(row), row, *((begin + link, LINK_END) if linked else (begin, CELL_END)))
        )
    return found


def joined(cells: list[Cell]) -> list[Cell | SafeString]:
    """The row as its template takes it: cells with a template of their own, and between them what is drawn already."""
    found: list[Cell | SafeString] = []
    drawn: list[str] = []
    for cell in cells:
        if cell.column.template:
            found += [mark_safe("".join(drawn)), cell]  # noqa: S308 (escaped above)
            drawn = []
        else:
            drawn += [cell.before, cell.html, cell.after]
    return [*found, mark_safe("".join(drawn))]  # noqa: S308 (escaped above)

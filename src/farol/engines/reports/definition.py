"""Reports that areas define in their `report.py` (`REPORTS = [Report(…)]`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from farol.core.errors import NotFound
from farol.engines.reports.document import Document
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


@dataclass(frozen=True)
class Report:
    """`build` makes the document of a day asked for, in the active language, with the rights of a principal.

    `name` is `area.cadence`; `permission` is what a reader of the area needs beside `reports.view`.
    """

    name: str
    label: Any
    permission: str
    build: Callable[[dt.date, Principal], Document]

    @property
    def area(self) -> str:
        return self.name.partition(".")[0]


def reports() -> dict[str, Report]:
    """Every report on offer, by name."""
    return {report.name: report for report in collect("report", "REPORTS")}


def get_report(name: str) -> Report:
    """`NotFound`, with the known names, for another."""
    known = reports()
    if name not in known:
        names = ", ".join(sorted(known))
        raise NotFound(_("There is no report “%(name)s”. Known: %(names)s.") % {"name": name[:60], "names": names})
    return known[name]


def make(report: Report, asked: dt.date, principal: Principal, language: str) -> Document:
    """The document of a day in a language; `NotAllowed` without the area's permission."""
    principal.require(report.permission)
    with translation.override(language):
        return report.build(asked, principal)

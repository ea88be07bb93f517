"""What the page of components shows: made-up examples, nothing from the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.platform.web.lists import Column, Empty, Filter, List, Outcome, Status

PARTS = [
    ("buttons", _("Buttons")),
    ("chips", _("Filter chips")),
    ("status", _("Status and count")),
    ("form", _("Form")),
    ("upload", _("Upload")),
    ("table", _("Table")),
    ("outcome", _("Outcome of a bulk action")),
    ("kpi", _("Figure card")),
    ("states", _("Empty, error and loading")),
    ("notices", _("Notices")),
    ("tabs", _("Tabs")),
    ("dialogs", _("Dialog, menu, definition, copy")),
    ("progress", _("Progress")),
    ("timeline", _("Timeline")),
    ("facts", _("Facts")),
    ("colours", _("Colours of series")),
]
THEMES = ("light", "dark")
TYPED = {"name": "Ana Prado", "email": "ana@", "role": "viewer"}
READY, FAILED = Status(_("Ready"), "success", "check"), Status(_("Failed"), "danger", "x")


class ExampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("As it should appear on reports."))
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=[("viewer", _("Viewer")), ("manager", _("Manager"))])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    daily = forms.BooleanField(label=_("Send the daily report"), required=False)


@dataclass(frozen=True)
class Run:
    name: str
    amount: Decimal
    ready: bool
    at: dt.datetime

    @property
    def state(self) -> str:
        return "ready" if self.ready else "failed"


LIST = List(
    name="examples",
    title=_("Components"),
    columns=(
        Column("name", _("File"), sort="name"),
        Column("amount", _("Amount"), kind="money", sort="amount"),
        Column("state", _("State"), value=lambda run: READY if run.ready else FAILED, kind="status"),
        Column("at", _("Loaded"), kind="datetime", sort="at"),
    ),
    search=("name",),
    filters=(Filter("state", _("State"), [("ready", _("Ready")), ("failed", _("Failed"))]),),
    order="-at",
    row_url=lambda _run: "#title-list",
    empty=Empty(_("Nothing here yet")),
    page_size=8,
)


def runs() -> list[Run]:
    start = clock.now()
    return [
        Run(f"pagamentos-{n:02}.csv", Decimal(n * 98765) / 100, n % 4 != 0, start - dt.timedelta(hours=7 * n))
        for n in range(1, 25)
    ]


def examples() -> dict[str, Any]:
    now = clock.now()
    return {
        "parts": PARTS,
        "themes": THEMES,
        "forms": {theme: ExampleForm(TYPED, auto_id=f"{theme}_%s") for theme in THEMES},
        "products": [
            {"name": "Link", "tpv": Decimal("812345.60"), "change": Decimal("12.3"), "tone": "good"},
            {"name": "Tap", "tpv": Decimal("301200.00"), "change": Decimal("-4"), "tone": "bad"},
            {"name": "POS", "tpv": Decimal("98020.15"), "change": Decimal("0"), "tone": "neutral"},
        ],
        "tabs": [
            {"label": _("Waiting"), "url": "#tabs", "current": True, "count": 12},
            {"label": _("Done"), "url": "#tabs", "current": False, "count": 1204},
        ],
        "notices": [
            ("success", _("Everything was loaded.")),
            ("info", _("The data are complete until yesterday.")),
            ("warning", _("Two days of this period have no data.")),
            ("error", _("The file was not loaded: 3 rows have no date. Nothing was changed.")),
        ],
        "outcomes": [
            Outcome("GT-2026-000012", False, _("Somebody else must verify it: you opened it."), "#outcome"),
            Outcome("GT-2026-000011", True, _("Verified"), "#outcome"),
        ],
        "timeline": [
            {"icon": "check", "tone": "success", "title": _("Judged useful"), "who": "Ana", "at": now},
            {
                "icon": "bell",
                "tone": "warning",
                "title": _("Alert opened"),
                "who": "",
                "at": now - dt.timedelta(hours=5),
                "text": _("TPV is outside of the expected range."),
            },
        ],
        "yesterday": now - dt.timedelta(hours=3),
        "hues": ["1", "2", "3", "4", "5", "6", "7", "others"],
    }

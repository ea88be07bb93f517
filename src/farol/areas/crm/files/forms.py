"""Which column is what, asked on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.areas.crm.channels.rules import FIELDS as SEEN
from farol.areas.crm.files.guess import Look, columns_of, outcome_word
from farol.areas.crm.files.mapping import FIELDS, TRACKING, parse
from farol.areas.crm.files.mapping import Mapping as FileMapping
from farol.areas.crm.files.tables import LABELS

NAMES: dict[str, Any] = {
    "id": _("Number"),
    "name": _("Name"),
    "responsible": _("Seller"),
    "stage": _("Stage or outcome"),
    "created": _("Created on"),
    "closed": _("Closed on"),
    "value": _("Value"),
    "product": _("Product"),
    "pipeline": _("Pipeline"),
    "source": _("Source"),
    "lead": _("Number of its lead"),
    "loss_reason": _("Loss reason"),
    "team": _("Team"),
    "cost": _("Cost"),
    "tags": _("Tags"),
    **{name: SEEN[name] for name in TRACKING},
}
OUTCOMES = [("open", _("Open stage")), ("won", _("Won")), ("lost", _("Lost"))]
NOWHERE = ("", _("In no column"))


class ColumnsForm(forms.Form):
    """A choice for every field of every file, and one for every word of the column of stages."""

    date_format = forms.ChoiceField(
        label=_("Days in the file"),
        required=False,
        choices=[
            ("", _("Found by itself")),
            ("dmy", _("dd/mm/yyyy")),
            ("mdy", _("mm/dd/yyyy")),
            ("ymd", _("yyyy-mm-dd")),
        ],
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _("Found by itself")), (",", _("Comma")), (".", _("Point"))],
    )

    def __init__(self, data: Any, looks: Mapping[str, Look], before: FileMapping | None, *, new_words: bool) -> None:
        self.looks, self.words = looks, list(looks["deals"].words)
        initial = self._guessed(before)
        if data and new_words:  # nobody has answered for these words yet
            data = {**data.dict(), **{name: value for name, value in initial.items() if name.startswith("word-")}}
        super().__init__(data, initial=initial)
        for table, look in looks.items():
            for name in FIELDS[table]:
                choices = [NOWHERE, *((h, h) for h in look.headers)]
                field = forms.ChoiceField(label=NAMES[name], required=False, choices=choices)
                self.fields[f"{table}-{name}"] = field
        for place, word in enumerate(self.words):
            self.fields[f"word-{place}"] = forms.ChoiceField(label=word, choices=OUTCOMES, required=False)

    def tables(self) -> list[tuple[Any, list[Any]]]:
        return [(LABELS[t], [self[f"{t}-{name}"] for name in FIELDS[t]]) for t in self.looks]

    def outcomes(self) -> list[tuple[Any, int]]:
        """The choice of each word and how many rows have it."""
        counts = self.looks["deals"].words
        return [(self[f"word-{place}"], counts[word]) for place, word in enumerate(self.words)]

    def mapping(self) -> FileMapping:
        """What was chosen; `BadInput` for one that lacks something."""
        values = self.cleaned_data
        given: dict[str, Any] = {
            t: {name: values[f"{t}-{name}"] for name in FIELDS[t] if values[f"{t}-{name}"]} for t in self.looks
        }
        status: dict[str, list[str]] = {outcome: [] for outcome, _label in OUTCOMES}
        for place, word in enumerate(self.words):
            status[values[f"word-{place}"] or "open"].append(word)
        given["deals"]["status"] = status
        return parse(given)

    def _guessed(self, before: FileMapping | None) -> dict[str, str]:
        """The mapping of the person's last load where its columns are there again, else what the headers suggest."""
        initial: dict[str, str] = {}
        for table, look in self.looks.items():
            last = before.tables[table].columns if before and table in before.tables else {}
            columns = last if last and set(last.values()) <= set(look.headers) else columns_of(table, look.headers)
            initial |= {f"{table}-{name}": header for name, header in columns.items()}
        known = {w: o for o, words in (before.status if before else {}).items() for w in words}
        return initial | {f"word-{n}": known.get(w) or outcome_word(w) for n, w in enumerate(self.words)}

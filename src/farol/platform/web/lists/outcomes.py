"""How a bulk action went, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Outcome:
    """One row: what it is called, its page, whether it was done, and the sentence that says how or why not."""

    label: Any
    done: bool
    text: Any
    url: str = ""


def outcome_page(request: HttpRequest, title: Any, outcomes: Sequence[Outcome], back_url: str) -> HttpResponse:
    """The page after a bulk action: what was refused comes first."""
    ordered = sorted(outcomes, key=lambda one: one.done)
    done = sum(one.done for one in outcomes)
    context = {"title": title, "outcomes": ordered, "done": done, "refused": len(ordered) - done, "back_url": back_url}
    return render(request, "web/outcome.html", context)

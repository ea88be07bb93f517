"""Changing the channel rules: each change is a version of its own."""

from __future__ import annotations

from farol.areas.crm.channels.defaults import DEFAULTS
from farol.areas.crm.channels.rules import Rule
from farol.areas.crm.models import RuleSet


def current_rules() -> tuple[int, list[Rule]]:
    """The rules that hold now with their version; 0 are those an installation begins with."""
    found = RuleSet.objects.first()
    return (found.number, found.rules) if found else (0, DEFAULTS)

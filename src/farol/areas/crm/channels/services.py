"""Changing the channel rules: each change is a version of its own."""

from __future__ import annotations

from django.db import transaction

from farol.areas.crm.channels.defaults import DEFAULTS
from farol.areas.crm.channels.rules import Rule, checked
from farol.areas.crm.models import RuleSet
from farol.areas.crm.planning.rebuilding import ask_for_rebuild
from farol.platform import audit
from farol.platform.accounts.principal import Principal


def current_rules() -> tuple[int, list[Rule]]:
    """The rules that hold now with their version; 0 are those an installation begins with."""
    found = RuleSet.objects.first()
    return (found.number, found.rules) if found else (0, DEFAULTS)


def save_rules(rules: list[Rule], note: str, principal: Principal) -> RuleSet:
    """The next version; the published data follow with a rebuild. `BadInput` names the first rule that is wrong."""
    principal.require("goals.manage")
    wanted = checked(rules)
    with transaction.atomic():
        newest = RuleSet.objects.select_for_update().first()
        number = newest.number + 1 if newest else 1
        saved = RuleSet.objects.create(number=number, rules=wanted, made_by=principal.user, note=note[:200])
        audit.record(principal, "crm.channels_changed", target=str(number), params={"number": str(number)})
        ask_for_rebuild("channels")
    return saved

"""Effects that rooms above add to the transitions of others (`EFFECTS` in their `effects.py`), in the same transaction.

    EFFECTS = [After("triage", "conclude", find_its_warranty)]

`create` and `edit` are actions here, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farol.engines.workflow.flow import Effect
from farol.platform.apps import collect

if TYPE_CHECKING:
    from farol.engines.workflow.engine import Act
    from farol.engines.workflow.models import Record


@dataclass(frozen=True)
class After:
    """`effect(record, act)` runs after `action` of `flow`."""

    flow: str
    action: str
    effect: Effect


def carry_out(record: Record, act: Act) -> bool:
    """Whether there was any."""
    wanted = [e for e in collect("effects", "EFFECTS") if (e.flow, e.action) == (record.flow.name, act.action)]
    for after in wanted:
        after.effect(record, act)
    return bool(wanted)

"""States and transitions: declared as a table, walked through one door.

A module declares a `Flow`, its model derives from `models.Record`, its services call `run`; nothing else changes a
status.
"""

from __future__ import annotations

from farol.engines.workflow.engine import Act, Action, allowed, assign, comment, edit, next_number, run, start
from farol.engines.workflow.flow import Edit, Flow, State, Transition, TransitionRefused, mine, not_by, own_only

__all__ = [
    "Act",
    "Action",
    "Edit",
    "Flow",
    "State",
    "Transition",
    "TransitionRefused",
    "allowed",
    "assign",
    "comment",
    "edit",
    "mine",
    "next_number",
    "not_by",
    "own_only",
    "run",
    "start",
]

"""States and transitions: declared as a table, walked through one door.

A module declares a `Flow`, its model derives from `models.Record`, its services call `run`; nothing else changes a
status.
"""

from __future__ import annotations

from farol.engines.workflow.engine import Act, Action, allowed, assign, comment, edit, next_number, run, start
from farol.engines.workflow.flow import Edit, Flow, State, Transition, TransitionRefused, not_by

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
    "next_number",
    "not_by",
    "run",
    "start",
]

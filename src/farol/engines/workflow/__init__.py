"""States and transitions: declared as a table, walked through one door.

A module declares a `Flow`, its model derives from `models.Record`, its services call `run`; nothing else changes a
status.
"""

from __future__ import annotations

from farol.engines.workflow.engine import Act, Action, allowed, comment, run, start
from farol.engines.workflow.flow import Flow, State, Transition, TransitionRefused

__all__ = ["Act", "Action", "Flow", "State", "Transition", "TransitionRefused", "allowed", "comment", "run", "start"]

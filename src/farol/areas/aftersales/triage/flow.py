"""The states of a triage: goods came back, are looked at, and each item is given its destination.

Stock, scrap and in transit are destinations; an item at the technician comes back and gets one of them later. A triage
is concluded once every item has one.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage import steps
from farol.engines.workflow import Edit, Flow, State, Transition

WORK = "triage.work"
WAITING, IN_ANALYSIS, DONE = "waiting", "in_analysis", "done"

STATES = (
    State(WAITING, _("Waiting")),
    State(IN_ANALYSIS, _("In analysis"), tone="info"),
    State(DONE, _("Done"), tone="success", final=True),
)
TRANSITIONS = (
    Transition("start", _("Start analysis"), (WAITING,), IN_ANALYSIS, WORK, icon="player-play"),
    Transition(
        "dispose",
        _("Decide destination"),
        (IN_ANALYSIS,),
        None,
        WORK,
        guard=steps.something_undecided,
        accept=steps.accept_disposition,
        effect=steps.dispose,
        icon="route",
    ),
    Transition(
        "conclude",
        _("Conclude"),
        (IN_ANALYSIS,),
        DONE,
        WORK,
        guard=steps.everything_decided,
        accept=steps.nothing_due,
        icon="check",
    ),
)
FLOW = Flow(
    name="triage",
    label=_("Triage"),
    states=STATES,
    transitions=TRANSITIONS,
    owns=steps.owns,
    sees=steps.sees,
    edit=Edit(WORK, (WAITING, IN_ANALYSIS)),
)

"""The states of a triage: goods came back, are looked at, and each item is given its destination.

Stock, scrap and in transit are destinations; an item at the technician comes back and gets one of them later. A triage
is concluded once every item has one. A destination that was wrong is taken back with its reason, also after the
conclusion: what it had set going is undone by counter-entries, or the step is refused.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage import steps
from farol.engines.workflow import Edit, Flow, State, Transition, mine, own_only

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
    Transition(
        "take_back",
        _("Take back destination"),
        (IN_ANALYSIS, DONE),
        IN_ANALYSIS,
        WORK,
        reason=True,
        guard=steps.something_decided,
        accept=steps.accept_taking_back,
        effect=steps.take_back,
        danger=True,
        consequence=_("The item waits for another destination. Its scrap leaves the books by a counter-entry."),
        icon="arrow-back-up",
    ),
)
FLOW = Flow(
    name="triage",
    label=_("Triage"),
    states=STATES,
    transitions=TRANSITIONS,
    owns=mine,
    sees=own_only("aftersales.view", mine),
    edit=Edit(WORK, (WAITING, IN_ANALYSIS)),
)

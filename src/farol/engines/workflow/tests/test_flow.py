"""The table itself: what it refuses to be, and what is drawn from it."""

from __future__ import annotations

import pytest

from farol.engines.workflow.drawing import diagram, page
from farol.engines.workflow.flow import Flow, State, Transition

RIGHT = "alerts.judge"
STATES = (State("open", "Open"), State("done", "Done", final=True))
DONE = Transition("finish", "Finish", ("open",), "done", RIGHT, reason=True)


def flow(*transitions: Transition, states=STATES) -> Flow:
    return Flow("thing", "Thing", states, transitions)


@pytest.mark.parametrize(
    "build",
    [
        lambda: flow(Transition("finish", "Finish", ("opne",), "done", RIGHT)),
        lambda: flow(Transition("finish", "Finish", ("open",), "dnoe", RIGHT)),
        lambda: flow(Transition("finish", "Finish", (), "done", RIGHT)),
        lambda: flow(DONE, DONE),
        lambda: flow(DONE, states=(*STATES, State("open", "Open"))),
        lambda: flow(DONE, states=(*STATES, State("lost", "Lost"))),
        lambda: flow(),
    ],
    ids=["source", "target", "no source", "action twice", "state twice", "unreachable", "no transition"],
)
def test_a_table_that_cannot_work_is_refused_at_start(build):
    with pytest.raises(ValueError, match=r"thing"):
        build()


def test_a_misspelt_right_is_refused_at_start():
    with pytest.raises(KeyError):
        flow(Transition("finish", "Finish", ("open",), "done", "alerts.jugde"))


def test_the_page_shows_every_state_and_action():
    shown = page(flow(DONE, Transition("note", "Note", ("open", "done"), None, RIGHT, system=True)))
    assert "[*] --> open" in shown
    assert "open --> done: finish" in shown
    assert "done --> done: note" in shown
    assert "done --> [*]" in shown
    assert "| `finish` | Finish | open | done | `alerts.judge` | yes |" in shown


def test_the_diagram_is_the_same_every_time():
    assert diagram(flow(DONE)) == diagram(flow(DONE))


def test_the_database_is_told_the_states():
    constraint = flow(DONE).constraint()
    assert constraint.name == "thing_status"
    assert "open" in str(constraint.condition)
    assert "done" in str(constraint.condition)

"""An alert on the workflow engine: the full table, what is kept, and two people at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from farol.core import clock
from farol.core.errors import BadInput, FarolError, NotAllowed, NotFound, Refused
from farol.engines.alerts.models import AlertCase
from farol.engines.workflow import TransitionRefused, allowed, comment, run, start
from farol.engines.workflow.models import HistoryEntry
from farol.engines.workflow.timeline import timeline
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, SYSTEM, Principal, principal_of
from farol.platform.accounts.rights import ROLES, rights_of
from farol.platform.audit.models import Entry

DAY = dt.date(2025, 2, 14)
STATES = ("new", "acknowledged", "snoozed", "closed")
# the reviewed table: action -> state it may start from -> state it leads to
TABLE = {
    "acknowledge": {"new": "acknowledged"},
    "assign": {"new": "new", "acknowledged": "acknowledged", "snoozed": "snoozed"},
    "snooze": {"new": "snoozed", "acknowledged": "snoozed"},
    "wake": {"snoozed": "new"},
    "useful": {"new": "closed", "acknowledged": "closed", "snoozed": "closed"},
    "noise": {"new": "closed", "acknowledged": "closed", "snoozed": "closed"},
    "reopen": {"closed": "acknowledged"},
}
# of the areas there are, these roles may see payments and judge; the others judge nothing or see nothing
JUDGES = {"super_admin", "finance", "manager"}
BLIND = {"cs_admin", "aftermarket_sales"}  # they judge alerts, but not of payments


def new_case(**fields):
    values = {
        "area": "payments", "rule": "expected", "kind": "level", "measure": "tpv", "direction": "down",
        "segment": {"product": "pix"}, "key": "K" * 26, "first_day": DAY, "last_day": DAY, "impact": Decimal("-10.00"),
    }  # fmt: skip
    return start(AlertCase(**{**values, **fields}), SYSTEM)


def data_for(action: str) -> dict[str, str]:
    return {"until": (clock.today() + dt.timedelta(days=3)).isoformat()} if action == "snooze" else {}


def bring_to(case: AlertCase, state: str) -> AlertCase:
    for action in {"new": [], "acknowledged": ["acknowledge"], "snoozed": ["snooze"], "closed": ["useful"]}[state]:
        run(case, action, OPERATOR, data=data_for(action))
    return case


def person(role: str) -> Principal:
    user = User.objects.create(email=f"{role}@example.com", name=role)
    row, _made = Role.objects.update_or_create(slug=role, defaults={"name": role, "rights": rights_of(role)})
    user.roles.add(row)
    return principal_of(user)


@pytest.mark.django_db
def test_every_state_by_every_action_by_every_role():
    people = {role: person(role) for role in ROLES} | {"nobody": Principal(frozenset(), label="anonymous")}
    wrong = []
    for role, principal in people.items():
        for state in STATES:
            for action in (*TABLE, "last", "no_such_action"):
                case = bring_to(new_case(key=f"{role}|{state}|{action}"[:26]), state)
                before = (case.status, case.version)
                try:
                    run(case, action, principal, reason="because", data=data_for(action))
                    outcome = case.status
                except FarolError as refusal:
                    outcome = type(refusal)
                    case.refresh_from_db()
                    assert (case.status, case.version) == before
                if outcome != expected_outcome(role, state, action):
                    wrong.append((role, state, action, outcome))
                AlertCase.objects.all().delete()
    assert wrong == []


def expected_outcome(role: str, state: str, action: str):
    if action == "no_such_action":
        return TransitionRefused
    if role not in JUDGES | BLIND:
        return NotAllowed
    if role in BLIND:
        return NotFound
    if action == "last":
        return NotAllowed  # Farol does that by itself
    return TABLE[action].get(state, TransitionRefused)


@pytest.mark.django_db
def test_buttons_are_what_would_succeed():
    manager, viewer = person("manager"), person("viewer")
    for state in STATES:
        case = bring_to(new_case(), state)
        offered = {a.transition.name for a in allowed(case, manager) if not a.refusal}
        assert offered == {action for action, steps in TABLE.items() if state in steps}
        assert allowed(case, viewer) == []
        AlertCase.objects.all().delete()


@pytest.mark.django_db
def test_a_step_leaves_history_and_audit_with_it():
    manager = person("manager")
    case = new_case()
    run(case, "acknowledge", manager)
    run(case, "useful", manager, reason="gateway was down")
    entries = list(HistoryEntry.objects.filter(record=case.reference))
    assert [(e.action, e.from_state, e.to_state) for e in entries] == [
        ("create", "", "new"),
        ("acknowledge", "new", "acknowledged"),
        ("useful", "acknowledged", "closed"),
    ]
    assert entries[2].reason == "gateway was down"
    assert entries[2].person_id == manager.user_id
    assert case.verdict == "useful"
    codes = Entry.objects.filter(target=case.reference).order_by("id").values_list("code", "person_id")
    assert list(codes) == [
        ("alert.create", None),
        ("alert.acknowledge", manager.user_id),
        ("alert.useful", manager.user_id),
    ]


@pytest.mark.django_db
def test_a_failing_effect_undoes_everything(monkeypatch):
    def broken(record, act):
        raise Refused("the other side is closed")

    step = dataclasses.replace(AlertCase.flow.actions["acknowledge"], effect=broken)
    others = tuple(t for t in AlertCase.flow.transitions if t.name != "acknowledge")
    monkeypatch.setattr(AlertCase, "flow", dataclasses.replace(AlertCase.flow, transitions=(step, *others)))
    case = new_case()
    before = (HistoryEntry.objects.count(), Entry.objects.count())
    with pytest.raises(Refused):
        run(case, "acknowledge", OPERATOR)
    assert (case.status, case.version) == ("new", 1)
    case.refresh_from_db()
    assert (case.status, case.version) == ("new", 1)
    assert (HistoryEntry.objects.count(), Entry.objects.count()) == before


@pytest.mark.django_db
def test_what_actions_ask_for_is_checked():
    case = bring_to(new_case(), "acknowledged")
    for until in ("", "soon", clock.today().isoformat(), (clock.today() + dt.timedelta(days=400)).isoformat()):
        with pytest.raises(BadInput, match="until"):
            run(case, "snooze", OPERATOR, data={"until": until})
    for assignee in ("x", "999999", str(person("viewer").user_id + 1), person("seller").user_id):
        with pytest.raises(BadInput, match="assignee"):
            run(case, "assign", OPERATOR, data={"assignee": assignee})
    run(case, "assign", OPERATOR, data={"assignee": str(person("manager").user_id)})
    assert case.assignee.email == "manager@example.com"
    run(case, "assign", OPERATOR, data={"assignee": ""})
    assert case.assignee is None
    run(case, "noise", OPERATOR)
    with pytest.raises(BadInput, match="reason"):
        run(case, "reopen", OPERATOR, reason="  ")


@pytest.mark.django_db
def test_judged_cases_open_again_only_while_no_newer_one_is_open():
    case = bring_to(new_case(), "closed")
    newer = new_case(first_day=DAY + dt.timedelta(days=9), last_day=DAY + dt.timedelta(days=9))
    (reopen,) = allowed(case, OPERATOR)
    assert reopen.refusal
    with pytest.raises(TransitionRefused):
        run(case, "reopen", OPERATOR, reason="look again")
    run(newer, "noise", OPERATOR)
    assert run(case, "reopen", OPERATOR, reason="look again").verdict == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"status": "lost"}, {"verdict": "perhaps"}, {"last_day": DAY - dt.timedelta(days=1)}], ids=str
)
def test_the_database_refuses_what_the_table_does_not_know(change):
    case = new_case()
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertCase.objects.filter(pk=case.pk).update(**change)


@pytest.mark.django_db
def test_the_database_holds_one_open_case_per_departure():
    new_case()
    with pytest.raises(IntegrityError), transaction.atomic():
        new_case()


@pytest.mark.django_db
def test_the_page_somebody_left_open_does_not_win():
    case = new_case()
    seen = case.version
    run(AlertCase.objects.get(pk=case.pk), "assign", OPERATOR, data={"assignee": ""})
    with pytest.raises(TransitionRefused) as refusal:
        run(AlertCase.objects.get(pk=case.pk), "acknowledge", OPERATOR, version=seen)
    assert refusal.value.code == "changed_meanwhile"


@pytest.mark.django_db
def test_comments_join_the_timeline():
    case = new_case()
    comment(case, person("manager"), "  called the bank \0 ")
    run(case, "acknowledge", OPERATOR)
    assert [e.text for e in timeline(case) if e.icon == "message"] == ["called the bank"]
    assert len(timeline(case)) == 3
    with pytest.raises(BadInput):
        comment(case, OPERATOR, "   ")
    with pytest.raises(BadInput):
        comment(case, OPERATOR, "x" * 4001)


class CaseMachine(RuleBasedStateMachine):
    """Any sequence of actions leaves a chain of history that tells exactly how the case came where it is."""

    @initialize()
    def begin(self):
        AlertCase.objects.all().delete()
        self.case = new_case()

    @rule(action=st.sampled_from([*TABLE, "last"]), stale=st.booleans())
    def act(self, action, stale):
        legal = action == "last" or self.case.status in TABLE[action]
        before = (self.case.status, self.case.version)
        data = {"last_day": DAY} if action == "last" else data_for(action)
        try:
            version = self.case.version - 1 if stale else None
            run(self.case, action, OPERATOR, reason="because", version=version, data=data)
        except TransitionRefused:
            assert stale or not legal
            assert (self.case.status, self.case.version) == before
        else:
            assert legal
            assert not stale
            assert self.case.version == before[1] + 1

    @invariant()
    def history_is_a_chain(self):
        if not hasattr(self, "case"):
            return
        entries = list(HistoryEntry.objects.filter(record=self.case.reference).order_by("id"))
        stored = AlertCase.objects.get(pk=self.case.pk)
        assert len(entries) == stored.version
        assert entries[-1].to_state == stored.status
        assert all(a.to_state == b.from_state for a, b in itertools.pairwise(entries))
        assert (stored.status == "closed") == bool(stored.verdict)
        assert (stored.status == "snoozed") == bool(stored.snoozed_until)


class TestCaseMachine(TestCase):
    def test_machine(self):
        limits = settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        )
        run_state_machine_as_test(CaseMachine, settings=limits)

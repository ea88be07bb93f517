"""I1: whatever the other side or the line does, a load ends with all of it published, or it has failed and says so.

Never "done" with a row missing, doubled or stale. Waits pass at once (`Seconds`), so that a case takes a second or two.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from farol.connectors.kommo import paging
from farol.connectors.kommo.auth import CONNECTION
from farol.connectors.kommo.simulator.answers import ELSEWHERE
from farol.connectors.kommo.tests.kommo_run import LATER, NIGHT, NOON, Base, Company, differences, published
from farol.connectors.kommo.tests.kommo_told import Readers, of_failure, of_success
from farol.core import clock
from farol.engines.sources import commands, replies, stands
from farol.engines.sources.cursors import Page
from farol.engines.sources.errors import Unreachable
from farol.engines.sources.syncing import Sync, SyncOutcome
from farol.engines.sources.tokens import Tokens, keep

ALWAYS = 10**6
DAY = dt.timedelta(days=1)
GENERIC = ("leads", "events", "tasks")


@dataclasses.dataclass(frozen=True)
class Case:
    """`outcome`: whole, failed, or either. `entity` empty: one by the seed."""

    kind: str
    outcome: str
    times: int = 1
    entity: str = ""
    at: int = 2
    seconds: float = 1.3
    code: str = ""

    def __str__(self) -> str:
        times = "always" if self.times == ALWAYS else str(self.times)
        return "-".join(filter(None, (self.kind, times, self.entity)))


CASES = [
    Case("reset", "whole"),
    Case("hang", "whole"),
    Case("drip", "whole", seconds=3),
    Case("truncated", "whole"),
    Case("truncated", "failed", ALWAYS, "events", code="bad_answer"),
    Case("cut_gzip", "whole"),
    Case("500", "whole", 2),
    Case("500", "failed", ALWAYS, code="unreachable"),
    Case("502", "whole"),
    Case("503", "whole"),
    Case("504", "whole"),
    Case("504", "whole", 6, "leads", at=1),
    Case("busy_seconds", "whole", seconds=7),
    Case("busy_date", "whole", seconds=7),
    Case("busy_json", "whole", seconds=7),
    Case("busy_plain", "whole", seconds=7),
    Case("busy_nothing", "whole", 2),
    Case("busy_seconds", "failed", ALWAYS, seconds=300, code="busy"),
    Case("html200", "whole"),
    Case("html200", "failed", ALWAYS, code="bad_answer"),
    Case("duplicates", "whole", 3, "leads"),
    Case("duplicates", "whole", 3, "events", at=1),
    Case("nan", "whole", 1, "leads"),
    Case("nan", "failed", ALWAYS, "leads", code="bad_answer"),
    Case("huge", "failed", ALWAYS, "leads", at=2, code="contract"),
    Case("wrong_type", "failed", ALWAYS, "leads", code="contract"),
    Case("null_created", "failed", ALWAYS, "leads", code="contract"),
    Case("missing_field", "failed", ALWAYS, "leads", code="contract"),
    Case("unknown_field", "whole", ALWAYS, "leads"),
    Case("empty_page", "whole"),
    Case("empty_page", "either", 30),
    Case("repeated_page", "either", 1, "leads", at=4),
    Case("repeated_page", "either", 3, "events"),
    Case("shifting", "whole", 3, "leads"),
    Case("401", "failed", 1, "leads", code="consent_needed"),
    Case("redirect", "failed", ALWAYS, code="bad_answer"),
    Case("foreign_next", "failed", 1, "leads", code="bad_answer"),
    Case("gap204", "whole", 1, "leads", at=4),
    Case("gap204", "whole", 1, "events", at=3),
    Case("html403", "failed", 1, code="blocked"),
    Case("json403", "failed", 1, "users", at=1, code="forbidden"),
    Case("402", "failed", 1, code="billing"),
    Case("404", "failed", ALWAYS, "leads", code="missing"),
    Case("no_order", "whole", ALWAYS, "leads"),
    Case("no_filter", "whole", ALWAYS),
]
# in every run; each of the rest with one of the seeds in the slow group, all with all of them at night
GATE = {
    "reset-1",
    "truncated-1",
    "500-always",
    "busy_seconds-1",
    "duplicates-3-leads",
    "missing_field-always-leads",
    "empty_page-1",
    "shifting-3-leads",
    "401-1-leads",
    "redirect-always",
    "gap204-1-leads",
    "no_filter-always",
}
SEEDS = (1, 2, 3)


def lane(case: Case, seed: int) -> Any:
    if str(case) in GATE:
        return () if seed == 1 else pytest.mark.night
    return pytest.mark.slow if seed == SEEDS[CASES.index(case) % 3] else pytest.mark.night


MATRIX = [pytest.param(case, seed, id=f"{case}-seed{seed}", marks=lane(case, seed)) for seed in SEEDS for case in CASES]
assert {str(case) for case in CASES} >= GATE
OF_ALL = [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.night)]


def across(first: Any, *others: Any) -> list[Any]:
    """Each value with each seed; the first one with the first seed is of every run."""
    lanes = {(first, 1): (), **{(value, 2): pytest.mark.slow for value in (first, *others)}}
    every = [(value, seed) for seed in SEEDS for value in (first, *others)]
    return [pytest.param(*pair, marks=lanes.get(pair, pytest.mark.night)) for pair in every]


@pytest.fixture(scope="module")
def bases() -> dict[int, Base]:
    """Homes into which a seed's company was loaded, by seed; made when first asked for."""
    return {}


@pytest.fixture
def company(request, db, settings, tmp_path, tmp_path_factory, bases):
    """The company of a seed, loaded at noon; twelve hours of work have followed and it is past midnight."""
    seed = getattr(request, "param", 1)
    if seed not in bases:
        bases[seed] = Base(tmp_path_factory.mktemp(f"base{seed}"), seed, settings)
    home = bases[seed].copied(tmp_path / "home")
    with clock.frozen(NOON + NIGHT), Company(seed, settings, home) as found:
        found.work()
        found.kommo.page_at_most = 4
        yield found


@pytest.fixture
def readers(db) -> Readers:
    return Readers()


def whole(company: Company) -> None:
    assert differences(company.world) == []


def failed(company: Company, readers: Readers, outcome: SyncOutcome, before: Any, code: str = "") -> None:
    """It says so wherever somebody looks, readers have what they had, and the next load makes it good."""
    assert outcome.status == "failed"
    assert outcome.error
    assert outcome.error["code"] == code or not code, outcome.error
    assert published() == before
    of_failure(readers, outcome, company.exit_code, NOON.date() - DAY)


def recovers(company: Company, readers: Readers) -> None:
    company.faults.clear()
    company.line.broken.clear()
    company.seconds.ahead += 4000  # a block lasts an hour
    with clock.frozen(clock.now() + LATER):
        outcome = company.load()
        assert outcome.status == "done", outcome.error
        whole(company)
        of_success(readers, outcome, company.exit_code, told=1)


def struck(case: Case, company: Company) -> SyncOutcome:
    """A load that the fault of the case happens to."""
    entity = case.entity or GENERIC[company.world.seed % len(GENERIC)]
    company.faults.plant(case.kind, entity=entity, at=case.at, times=case.times, seconds=case.seconds)
    outcome = company.load()
    assert company.faults.struck.get(case.kind), "the fault never came about"
    return outcome


def judged(case: Case, company: Company, readers: Readers, outcome: SyncOutcome, before: Any) -> None:
    """All of it is published, or it has failed and says so."""
    assert company.kommo.limits.early == 0
    assert company.line.hosts == {company.kommo.url.removeprefix("http://")}, ELSEWHERE
    if case.outcome == "whole" or (case.outcome == "either" and outcome.status != "failed"):
        assert outcome.status == "done", outcome.error
        whole(company)
        of_success(readers, outcome, company.exit_code)
    else:
        failed(company, readers, outcome, before, case.code)


@pytest.mark.parametrize(("case", "company"), MATRIX, indirect=["company"])
def test_all_or_nothing(case: Case, company: Company, readers: Readers):
    before = published()
    outcome = struck(case, company)
    judged(case, company, readers, outcome, before)
    if outcome.status == "failed":
        recovers(company, readers)


def errors_end_lists(patch: pytest.MonkeyPatch) -> None:
    """An error of the other side is taken for the end of the list."""
    right = paging._page

    def wrong(*arguments: Any) -> Page:
        try:
            return right(*arguments)
        except Unreachable:
            return Page([], next=False)

    patch.setattr(paging, "_page", wrong)


def cut_pages_end_lists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replies, "_whole_body", lambda headers, content, account: _read(content))


def _read(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None


def wrong_records_are_left_out(patch: pytest.MonkeyPatch) -> None:
    right = paging.Maker.batch
    patch.setattr(paging.Maker, "batch", lambda *told: dataclasses.replace(right(*told), problems=[]))


def a_part_is_shown_as_the_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sync, "_raise_first", lambda self: None)


def nobody_is_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stands, "_notify", lambda *told: None)


def the_source_is_said_to_be_whole(patch: pytest.MonkeyPatch) -> None:
    right = stands._write

    def wrong(source: Any, name: str, state: str, run: Any, code: str, error: str, until: Any, rows: Any) -> None:
        right(source, name, state, run, code, error, clock.now(), rows)

    patch.setattr(stands, "_write", wrong)


def the_command_ends_well(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(commands, "sys", SimpleNamespace(stderr=sys.stderr, exit=lambda code: None))


FAILING = Case("500", "failed", ALWAYS, "events", code="unreachable")
MISTAKES = [
    (errors_end_lists, FAILING),
    (nobody_is_told, FAILING),
    (cut_pages_end_lists, Case("truncated", "failed", ALWAYS, "events", code="bad_answer")),
    (wrong_records_are_left_out, Case("missing_field", "failed", ALWAYS, "leads", code="contract")),
    (a_part_is_shown_as_the_whole, FAILING),
    (the_source_is_said_to_be_whole, FAILING),
    (the_command_ends_well, FAILING),
]


@pytest.mark.parametrize(
    ("mistake", "case"),
    [
        pytest.param(mistake, case, id=mistake.__name__, marks=() if at < 2 else pytest.mark.slow)
        for at, (mistake, case) in enumerate(MISTAKES)
    ],
)
def test_control_a_mistake_in_the_loader_is_noticed(mistake, case, company, readers, monkeypatch):
    before = published()
    mistake(monkeypatch)
    outcome = struck(case, company)
    with pytest.raises(AssertionError):
        judged(case, company, readers, outcome, before)


@pytest.mark.parametrize(("error", "company"), across(httpx.ConnectError, httpx.ConnectTimeout), indirect=["company"])
def test_a_line_that_is_down_for_a_while(error, company, readers):
    company.line.broken = [error] * 4
    outcome = company.load()
    assert outcome.status == "done"
    whole(company)
    of_success(readers, outcome, company.exit_code)


@pytest.mark.parametrize(("error", "company"), across(httpx.ConnectError, httpx.ConnectTimeout), indirect=["company"])
def test_a_line_that_stays_down(error, company, readers):
    before = published()
    company.line.broken = [error] * 200
    outcome = company.load()
    failed(company, readers, outcome, before)
    assert outcome.error["code"] in ("unreachable", "circuit_open")
    recovers(company, readers)


@pytest.mark.parametrize("company", OF_ALL, indirect=True)
def test_records_dated_ahead_are_taken_and_the_cursor_stays_behind(company, readers):
    ahead = company.world.instant() + 5 * 86400
    for lead in (20100002, 20100003):
        row = company.world.leads.rows[lead]
        company.world.leads.put({**row, "updated_at": ahead, "price": 777})
    outcome = company.load()
    assert outcome.status == "done"
    whole(company)
    of_success(readers, outcome, company.exit_code)
    company.world.edit_lead(20100004, price=778)
    with clock.frozen(clock.now() + LATER):
        assert company.load().status == "done"
        whole(company)


@pytest.mark.parametrize(("minutes", "company"), across(-10, 10), indirect=["company"])
def test_a_clock_that_is_wrong(minutes, company, readers):
    company.world.shift = minutes * 60
    for instant in (clock.now(), clock.now() + LATER):
        with clock.frozen(instant):
            for lead in (20100001, 20100005, 20100009):
                company.world.edit_lead(lead, responsible_user_id=company.chance.choice((9000004, 9000005)))
            company.world.note_event("outgoing_chat_message", "lead", 20100001, [], [])
            outcome = company.load()
            assert outcome.status == "done", outcome.error
            whole(company)
            of_success(readers, outcome, company.exit_code)


def test_consent_is_renewed_once_in_the_middle(company, settings):
    by_consent(company, settings)
    company.faults.plant("401", entity="leads", at=2)
    before = company.kommo.oauth.exchanges
    assert company.load().status == "done"
    whole(company)
    assert company.kommo.oauth.exchanges == before + 1


def test_consent_that_was_taken_back(company, settings, readers):
    by_consent(company, settings)
    before = published()
    company.kommo.oauth.revoked = True
    failed(company, readers, company.load(), before, "consent_needed")


def by_consent(company: Company, settings: Any) -> None:
    settings.FAROL_KOMMO_TOKEN = ""
    settings.FAROL_KOMMO_CLIENT_ID = settings.FAROL_KOMMO_CLIENT_SECRET = "simulador"
    oauth = company.kommo.oauth
    code = {"grant_type": "authorization_code", "code": oauth.new_code()}
    pair = oauth.exchange({"client_id": "simulador", "client_secret": "simulador", **code})
    assert pair
    keep(CONNECTION, Tokens(pair["access_token"], pair["refresh_token"], pair["expires_in"]), "127.0.0.1")


def test_a_block_stops_all_traffic(company):
    company.faults.plant("html403", entity="leads", at=1)
    company.load()
    asked = company.kommo.limits.requests
    outcome = company.load()
    assert outcome.status == "failed"
    assert company.kommo.limits.requests == asked


def test_a_server_without_notes_loads_the_rest(company):
    company.faults.plant("404", entity="notes", at=1, times=ALWAYS)
    outcome = company.load()
    assert outcome.status == "done"
    assert outcome.entities["notes"]["state"] == "absent"
    assert differences(company.world) == ["notes"]


def test_what_the_shape_fault_says_names_record_and_field(company):
    company.faults.plant("wrong_type", entity="leads", at=1, times=ALWAYS)
    problems = company.load().entities["leads"]["problems"]
    assert problems[0]["field"] == "price"
    assert problems[0]["record_id"].startswith("201")

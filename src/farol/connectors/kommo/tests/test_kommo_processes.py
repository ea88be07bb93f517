"""Many processes beside one Kommo: they share its limit and its access; killed, they leave each thing written once."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from farol.connectors.kommo.simulator import Faults, Simulator, World, seeded
from farol.connectors.kommo.tests.kommo_run import NOON
from farol.core import clock
from farol.engines.sources.tests.source_processes import processes

pytestmark = pytest.mark.alone
SCRIPT = Path(__file__).with_name("kommo_worker.py")
SEED = int(os.environ.get("FAROL_TEST_SEED", "7"))
KINDS = ["tasks", "notes", "leads"]
FIRST = 20100000  # leads are numbered from here on


class Watched(Simulator):
    """A Kommo that remembers what it was asked, in order: `("looked" or "made", for what)`."""

    def __init__(self, world: World, **options: Any) -> None:
        self.asked: list[tuple[str, str]] = []
        self._asking = threading.Lock()
        super().__init__(world, **options)

    def answer(self, method: str, path: str, query: Any, token: str, body: Any) -> Any:
        about = dict(query).get("query") or dict(query).get("filter[entity_id][]")
        what = ("looked", f"{path} {about}") if method == "GET" else ("made", f"{path} {_about(body)}")
        answer = super().answer(method, path, query, token, body)
        if answer.status not in (401, 429):  # who was turned away may come again without looking
            with self._asking:
                self.asked.append(what)
        return answer

    def blind(self) -> list[str]:
        """What was asked to be made without a look for it since it was asked before, or since the beginning."""
        looked, found = set[str](), []
        for what, about in self.asked:
            if what == "looked":
                looked.add(about)
            elif about not in looked:
                found.append(about)
            looked -= {about} if what == "made" else set()
        return found


def _about(body: Any) -> str:
    row = body[0] if isinstance(body, list) else {}
    return str(row.get("entity_id") or row.get("name", "").rpartition(" ")[2])


@contextmanager
def running_clock(file: Path, speed: float) -> Iterator[None]:
    """From noon on, `speed` times as fast as real time, for this process and for those that read `file`."""
    stop, instant = threading.Event(), NOON

    def write() -> None:
        file.with_suffix(".new").write_text(instant.isoformat())
        file.with_suffix(".new").replace(file)

    def run() -> None:
        nonlocal instant
        while not stop.wait(0.02):
            instant += dt.timedelta(seconds=0.02 * speed)
            write()

    write()
    thread = threading.Thread(target=run, daemon=True)
    clock.configure(zone="America/Sao_Paulo", clock_file=str(file))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        clock.configure(zone="America/Sao_Paulo", clock_file=None)


def settings(kommo: Simulator, **more: str) -> dict[str, str]:
    return {"FAROL_KOMMO_URL": kommo.url, "FAROL_KOMMO_TOKEN": kommo.token, **more}


def together(home: Path, rate: float, most: int, seconds: float, mutant: str = "") -> Simulator:
    """Eight processes, four that load and four that write, as often as they may."""
    world = seeded(3, NOON, 300, 3)
    with Watched(world, per_second=most, journal=home / "kommo.jsonl") as kommo:
        kommo.page_at_most = 50
        with processes(home, SCRIPT, **settings(kommo, FAROL_KOMMO_PER_SECOND=str(rate))) as ask:
            ask("prepare")
            ask("more", kinds=["tasks"], since=0, count=int(seconds * rate), first=FIRST)
            read = ask("crowd", processes=8, seconds=seconds, mutant=mutant)["read"]
    assert "killed" not in read
    return kommo


def fair(kommo: Simulator, home: Path, rate: float, most: int, seconds: float) -> None:
    limits, made = kommo.limits, written(home)
    assert (limits.over, limits.early, limits.most_at_once <= 4) == (0, 0, True)
    assert limits.most_in_second <= most
    assert limits.requests > 0.5 * rate * seconds
    assert made
    assert set(Counter(made).values()) == {1}


def written(home: Path) -> list[str]:
    """What was stored, by the simulator's own journal: list and mark."""
    rows = [json.loads(line) for line in (home / "kommo.jsonl").read_text().splitlines()]
    texts = [(r["entity"], r.get("text") or r.get("name") or r.get("params", {}).get("text", "")) for r in rows]
    return [f"{entity} {text.rpartition('[FAROL:')[2].rstrip(']')}" for entity, text in texts]


def test_eight_processes_that_load_and_write_share_one_limit(tmp_path):
    kommo = together(tmp_path, 19.5, 20, 3)
    fair(kommo, tmp_path, 19.5, 20, 3)


@pytest.mark.slow
def test_they_do_so_at_the_published_limit(tmp_path):
    kommo = together(tmp_path, 6.5, 7, 15)
    fair(kommo, tmp_path, 6.5, 7, 15)


@pytest.mark.slow
def test_control_limits_of_their_own_are_noticed(tmp_path):
    assert together(tmp_path, 19.5, 20, 3, mutant="each for itself").limits.over > 0


@contextmanager
def consented(home: Path) -> Iterator[tuple[Simulator, Any, list[str]]]:
    """A Kommo that was connected by consent, a way to ask Farol's processes, and the first pair."""
    with Simulator(seeded(3, NOON, 20, 1), per_second=1000) as kommo:
        client = {"client_id": "simulador", "client_secret": "simulador"}
        code = {"grant_type": "authorization_code", "code": kommo.oauth.new_code()}
        pair = kommo.oauth.exchange({**client, **code})
        assert pair
        named = {"FAROL_KOMMO_CLIENT_ID": "simulador", "FAROL_KOMMO_CLIENT_SECRET": "simulador"}
        options = settings(kommo, FAROL_KOMMO_PER_SECOND="50", **named) | {"FAROL_KOMMO_TOKEN": ""}
        with processes(home, SCRIPT, **options) as ask:
            ask("prepare")
            yield kommo, ask, [pair["access_token"], pair["refresh_token"]]


def expiries(home: Path, times: int) -> None:
    with consented(home) as (kommo, ask, pair):
        for _time in range(times):
            before = kommo.oauth.exchanges
            kommo.oauth.expire()
            assert ask("renew", processes=8, pair=pair)["said"] == ["answered"] * 8
            assert kommo.oauth.exchanges == before + 1
            pair = []  # what was kept goes on


def test_an_access_that_ended_is_renewed_once_by_eight_processes(tmp_path):
    expiries(tmp_path, 3)


@pytest.mark.night
def test_fifty_times(tmp_path):
    expiries(tmp_path, 50)


@pytest.mark.slow
def test_who_dies_before_keeping_the_new_pair_leaves_a_consent_to_be_given_again(tmp_path):
    with consented(tmp_path) as (kommo, ask, pair):
        before = kommo.oauth.exchanges
        kommo.oauth.expire()
        said = ask("renew", processes=4, pair=pair, kill=True)["said"]
        assert sorted(said) == ["consent_needed"] * 3 + ["killed"]
        assert kommo.oauth.exchanges == before + 2  # the old token was tried once more, and never again
        assert ask("renew", processes=4, pair=[])["said"] == ["consent_needed"] * 4
        assert kommo.oauth.exchanges == before + 2


class Storm:
    """Workers are killed at every named point and at random while they write, each with `each` new messages of every
    kind; then one finishes."""

    def __init__(self, home: Path, each: int, chances: int, mutant: str = "") -> None:
        self.each, self.count, self.chance = each, 0, random.Random(SEED)
        world = seeded(3, NOON, 200, 3)
        world.late = 120
        faults = Faults(SEED)
        file = home / "clock"
        with (
            running_clock(file, 300),
            Watched(world, per_second=1000, faults=faults, journal=home / "kommo.jsonl") as self.kommo,
            processes(
                home, SCRIPT, **settings(self.kommo, FAROL_KOMMO_PER_SECOND="50"), FAROL_CLOCK_FILE=str(file)
            ) as self._ask,
        ):
            points = self._ask("prepare", mutant=mutant)["points"]
            bad_day(faults)
            self.killed = self._kill([*([] if mutant else points), *["chance"] * chances])
            self.decided = self._finish()
            self.stand = self._ask("stand")
        self.stored = Counter(written(home))

    def _kill(self, plan: list[str]) -> list[str]:
        self.chance.shuffle(plan)
        killed = []
        for at in plan:
            self._ask("more", kinds=KINDS, since=self.count, count=self.each, first=FIRST)
            self.count += self.each
            by_chance = at == "chance"
            seconds = self.chance.uniform(0.05, 0.6) if by_chance else 15
            passes = self.chance.randint(1, 2)
            killed += (
                [at] if self._ask("run", at=at, passes=passes, seconds=seconds, beside=by_chance)["killed"] else []
            )
        return killed

    def _finish(self) -> int:
        decided = 0
        for _round in range(10):
            self._ask("run", at="", passes=1, seconds=60)
            again = self._ask("person")["again"]
            decided += len(again)
            if not again and set(self._ask("stand")["messages"]) == {"done"}:
                break
        return decided

    def twice(self) -> list[str]:
        return [key for key, count in self.stored.items() if count > 1]


def bad_day(faults: Faults) -> None:
    """Answers lost after storing, errors before and after it, pauses, an access that is refused in the middle."""
    for entity in KINDS:
        faults.plant("reset", entity=entity, method="POST", at=0.1, times=10**6)
        faults.plant("500", entity=entity, method="POST", at=0.1, times=10**6, done=True)
        faults.plant("503", entity=entity, method="POST", at=0.05, times=3)
        faults.plant("html200", entity=entity, method="POST", at=0.05, times=3, done=True)
        faults.plant("busy_nothing", entity=entity, at=0.05, times=2)
        faults.plant("401", entity=entity, at=0.05, times=1)
        faults.plant("502", entity=entity, method="GET", at=0.05, times=3)


def everything(count: int) -> set[str]:
    return {f"{entity} {number}" for entity in KINDS for number in range(1, count + 1)}


def judge(storm: Storm, kills: int) -> None:
    assert storm.twice() == []
    assert set(storm.stored) == everything(storm.count)
    assert storm.stand["messages"] == {"done": 3 * storm.count}
    arrived = Counter(record for record, _id in storm.stand["arrivals"])
    assert sorted(arrived.values()) == [1] * 3 * storm.count
    assert storm.kommo.blind() == []
    assert storm.kommo.limits.early == 0
    assert len(storm.killed) >= kills, storm.killed


@pytest.mark.slow
def test_killed_workers_leave_everything_written_once(tmp_path):
    judge(Storm(tmp_path, 2, 8), kills=12)


@pytest.mark.slow
def test_control_without_the_search_things_are_made_twice(tmp_path):
    storm = Storm(tmp_path, 3, 2, mutant="no search")
    assert storm.twice()
    assert storm.kommo.blind()


@pytest.mark.slow
def test_control_without_the_looks_a_late_list_makes_twins(tmp_path):
    assert Storm(tmp_path, 4, 2, mutant="no looks").twice()

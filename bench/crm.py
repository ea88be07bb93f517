"""Rebuilding the commercial tables from what the CRM sent, and their dashboard, at the usual size and at 20 times it.

`FAROL_BENCH_CRM_LEADS` sets the usual number of leads (50,000: with it 100,000 stays in stages, 200,000 activities).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.crm_rival import rival_row
from bench.harness import ROOT, SCRATCH, Row, child

LEADS = int(os.environ.get("FAROL_BENCH_CRM_LEADS", "50000"))
TIMES = 20
PUBLISH = """
import json, sys, time, django
django.setup()
from farol.engines.warehouse import find_dataset, open_stage, publish
with open_stage(find_dataset("crm")) as stage:
    started = time.perf_counter()
    version = publish(stage)
    taken = time.perf_counter() - started
print(json.dumps({"seconds": taken, "rows": version.rows}))
"""
CARDS = """
import json, time, django
django.setup()
from django.http import QueryDict
from farol.areas.crm.dashboard import CRM_BOARD
from farol.engines.dashboards import kept
from farol.engines.dashboards.answers import answer_cards
from farol.engines.dashboards.scope import read_scope
from farol.engines.dashboards.views import span_of
from farol.engines.forecast.series import median_of_methods
from farol.engines.metrics import cache
from farol.platform.accounts.principal import SYSTEM
scope = read_scope(CRM_BOARD, QueryDict(), SYSTEM, span_of("crm"), "pt-br")
times, empty = {}, []
for card in CRM_BOARD.cards.values():
    samples = []
    for _ in range(5):
        cache.clear(), kept.forget(), median_of_methods.cache_clear()
        started = time.perf_counter()
        (answered,) = answer_cards(scope, [card])
        samples.append(1000 * (time.perf_counter() - started))
    if answered.failure:
        raise SystemExit(f"{card.slug}: {answered.failure}")
    drawn = answered.drawing
    times[card.slug] = sorted(samples)[2]
    if not (drawn.option or drawn.body or drawn.table and drawn.table.rows):
        empty.append(card.slug)
print(json.dumps({"period": str(scope.period), "times": times, "empty": empty}))
"""


def run() -> Iterator[Row]:
    usual, large = SCRATCH / "crm-usual", SCRATCH / "crm-large"
    row, seconds = rebuilt(usual, LEADS, "< 20 s")
    yield row
    yield rival_row(usual, seconds)
    yield rebuilt(large, LEADS * TIMES, "< 180 s, < 1,536 MiB")[0]
    yield from cards(large)


def rebuilt(home: Path, leads: int, bar: str) -> tuple[Row, float]:
    """The row of the results, and the seconds that it took."""
    env = installed(home, leads)
    _taken, memory, output = child(sys.executable, "-c", PUBLISH, env=env)
    found = json.loads(output.strip().splitlines()[-1])
    rows = found["rows"]
    what = (
        f"{rows['lead']:,} leads, {rows['stage_interval']:,} stays in stages, {rows['activity']:,} activities:"
        " rebuilt, checked, published"
    )
    return Row(what, f"{found['seconds']:.1f} s, {memory:.0f} MiB", "", "", bar), found["seconds"]


def cards(home: Path) -> Iterator[Row]:
    """Each card of each module by itself over the last days of the data; the slowest ones by name."""
    _taken, _memory, output = child(sys.executable, "-c", CARDS, env=environment(home))
    found = json.loads(output.strip().splitlines()[-1])
    times = sorted(found["times"].items(), key=lambda pair: -pair[1])
    middle = times[len(times) // 2][1]
    slowest = ", ".join(f"{slug} {taken:.0f}" for slug, taken in times[:3])
    empty = f"; empty: {', '.join(found['empty'])}" if found["empty"] else ", none of them empty"
    what = f"each of the {len(times)} cards at that size over {found['period']}, nothing kept{empty}"
    yield Row(f"{what}: median", f"{middle:.0f} ms", "", "", "< 300 ms")
    yield Row("… the slowest", f"{times[0][1]:.0f} ms ({slowest})", "", "", "< 300 ms")


def installed(home: Path, leads: int) -> dict[str, str]:
    """A scratch installation with that many leads in its stage."""
    env = environment(home)
    shutil.rmtree(home, ignore_errors=True)
    child(sys.executable, "-m", "farol.cli", "init", env=env)
    child(sys.executable, ROOT / "bench/crm_data.py", leads, env=env)
    return env


def environment(home: Path) -> dict[str, str]:
    return {"FAROL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "farol.config.settings"}

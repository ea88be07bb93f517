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
import json, sys, time, django
django.setup()
from django.http import QueryDict
from farol.areas.crm.dashboard import CRM_BOARD
from farol.engines.dashboards.answers import answer_cards
from farol.engines.dashboards.scope import read_scope
from farol.engines.dashboards.views import span_of
from farol.engines.metrics import cache
from farol.platform.accounts.principal import SYSTEM
times = {}
for card in CRM_BOARD.cards.values():
    samples = []
    for _ in range(3):
        cache.clear()
        scope = read_scope(CRM_BOARD, QueryDict(), SYSTEM, span_of("crm"), "pt-br")
        started = time.perf_counter()
        (answered,) = answer_cards(scope, [card])
        samples.append(1000 * (time.perf_counter() - started))
        if answered.failure:
            raise SystemExit(f"{card.slug}: {answered.failure}")
    times[card.slug] = sorted(samples)[1]
print(json.dumps(times))
"""


def run() -> Iterator[Row]:
    usual, large = SCRATCH / "crm-usual", SCRATCH / "crm-large"
    row, seconds = rebuilt(usual, LEADS, "< 20 s")
    yield row
    yield rival_row(usual, seconds)
    yield rebuilt(large, LEADS * TIMES, "< 180 s, < 1,536 MiB")[0]
    yield cards(large)


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


def cards(home: Path) -> Row:
    _taken, _memory, output = child(sys.executable, "-c", CARDS, env=environment(home))
    times = json.loads(output.strip().splitlines()[-1])
    slug, slowest = max(times.items(), key=lambda pair: pair[1])
    middle = sorted(times.values())[len(times) // 2]
    what = f"each of the {len(times)} cards at that size, nothing kept: median"
    return Row(what, f"{middle:.0f} ms (slowest: {slug}, {slowest:.0f} ms)", "", "", "< 300 ms")


def installed(home: Path, leads: int) -> dict[str, str]:
    """A scratch installation with that many leads in its stage."""
    env = environment(home)
    shutil.rmtree(home, ignore_errors=True)
    child(sys.executable, "-m", "farol.cli", "init", env=env)
    child(sys.executable, ROOT / "bench/crm_data.py", leads, env=env)
    return env


def environment(home: Path) -> dict[str, str]:
    return {"FAROL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "farol.config.settings"}

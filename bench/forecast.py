"""Accuracy and time of the forecasts on the monthly series of the M3 competition, beside statsforecast and naive ones.

The series lie beside the project (`../shared/data/m3_monthly`); `FAROL_BENCH_M3_SERIES` takes only so many of them.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.harness import ROOT, SCRATCH, Row, child, rivals_python

SAMPLE = ROOT.parent / "shared/data/m3_monthly/M3Month.csv"
YEAR, AHEAD = 12, 18
STATSFORECAST = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from statsforecast.models import AutoETS, AutoTheta, SeasonalNaive
series = json.load(open(sys.argv[1]))
found = {}
for model in (AutoETS(season_length=12), AutoTheta(season_length=12), SeasonalNaive(season_length=12)):
    model.forecast(y=np.array(series[0][:-18]), h=18)  # compiles
    started, errors = time.perf_counter(), []
    for values in series:
        made = model.forecast(y=np.array(values[:-18]), h=18)["mean"]
        truth = np.array(values[-18:])
        errors.append(float(np.mean(200 * np.abs(truth - made) / (np.abs(truth) + np.abs(made)))))
    found[type(model).__name__] = [sum(errors) / len(errors), time.perf_counter() - started]
print(json.dumps(found))
"""


def run() -> Iterator[Row]:
    if not SAMPLE.exists():
        yield Row("forecasts of the M3 series", "the sample is not beside the project", "", "", "")
        return
    from farol.engines.forecast.methods import seasonal_naive, theta
    from farol.engines.forecast.seasons import profile_of
    from farol.engines.forecast.series import forecast

    def ours(history: list[float]) -> list[float]:
        return [point.value for point in forecast(history, YEAR, AHEAD)]

    def classic(history: list[float]) -> list[float]:
        profile = profile_of(history, YEAR)
        return profile.into(theta(profile.out_of(history), AHEAD), len(history))

    series = _series()
    error, seconds = _judged(series, ours)
    naive, _ = _judged(series, lambda history: seasonal_naive(history, YEAR, AHEAD))
    plain, _ = _judged(series, classic)
    what = f"sMAPE of {len(series)} monthly series, {AHEAD} months ahead"
    yield Row(what, f"{error:.2f} %", f"seasonal naive {naive:.2f} %", f"{error / naive:.2f} x", "≤ 0.80 x")
    yield Row("… the same", f"{error:.2f} %", f"Theta {plain:.2f} %", f"{error / plain:.2f} x", "≤ 1 x")
    for name, (their_error, their_seconds) in _rivals(series).items():
        compared = f"statsforecast {name} {their_error:.2f} %, {their_seconds:.1f} s"
        yield Row("… the same, ours with ranges", f"{error:.2f} %, {seconds:.1f} s", compared, "", "")


def _series() -> list[list[float]]:
    with SAMPLE.open(encoding="utf-8") as file:
        found = [[float(row[str(i + 1)]) for i in range(int(row["N"]))] for row in csv.DictReader(file)]
    return found[: int(os.environ.get("FAROL_BENCH_M3_SERIES", len(found)))]


def _judged(series: list[list[float]], method: Callable[[list[float]], Any]) -> tuple[float, float]:
    """(mean sMAPE, seconds of all forecasts)."""
    from farol.engines.forecast.series import smape

    started = time.perf_counter()
    made = [method(values[:-AHEAD]) for values in series]
    seconds = time.perf_counter() - started
    errors = [smape(found, values[-AHEAD:]) for found, values in zip(made, series, strict=True)]
    return sum(errors) / len(errors), seconds


def _rivals(series: list[list[float]]) -> dict[str, list[float]]:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    file = SCRATCH / "m3.json"
    file.write_text(json.dumps(series))
    _taken, _memory, output = child(rivals_python(), "-c", STATSFORECAST, file)
    found: dict[str, list[float]] = json.loads(output.strip().splitlines()[-1])
    return found

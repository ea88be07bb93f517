"""Chart options: honest scales, at most seven series, texts worked out on the server, no function anywhere."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.engines.dashboards import charts, palette, scales
from farol.engines.dashboards.charts import Days, Look, Mark, Series

NBSP = "\u00a0"
amounts = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


def axis_labels(option):
    return [rule["label"]["formatter"] for rule in option["series"][0]["markLine"]["data"]]


@given(st.lists(amounts, min_size=1, max_size=20), st.booleans())
def test_ticks_enclose_every_value(values, zero):
    ticks = scales.ticks(values, zero=zero)
    slack = 1e-9 * max(1, *(abs(v) for v in values))
    assert ticks == sorted(ticks)
    assert ticks[0] <= min(values) + slack
    assert ticks[-1] >= max(values) - slack
    assert 2 <= len(ticks) <= 9
    if zero:
        assert ticks[0] <= 0 <= ticks[-1]


def test_scale_reads_in_the_language_of_the_reader():
    days = Days(["01/02", "02/02"])
    series = [Series("TPV", [Decimal("1400000.00"), Decimal("900000.00")])]
    assert axis_labels(charts.stacked_bars(days, series, unit="brl"))[-1] == f"1,5{NBSP}mi"
    english = charts.stacked_bars(days, series, unit="brl", look=Look("en"))
    assert axis_labels(english)[-1] == "1.5M"


def test_bars_begin_at_zero():
    option = charts.stacked_bars(Days(["a", "b"]), [Series("x", [95, 100])], unit="count")
    assert option["yAxis"][0]["min"] == 0
    assert charts.bars(["a"], [Series("x", [95])], unit="count")["xAxis"]["min"] == 0


@given(st.lists(st.lists(st.integers(0, 1000), min_size=3, max_size=3), min_size=1, max_size=20))
def test_at_most_seven_series_and_nothing_lost(rows):
    series = [Series(f"s{i}", values, key=f"s{i}") for i, values in enumerate(rows)]
    kept = charts.top_series(series, "outros")
    assert len(kept) <= charts.MAX_SERIES
    assert [sum(c) for c in zip(*(s.values for s in kept), strict=True)] == [sum(c) for c in zip(*rows, strict=True)]


def test_same_thing_same_colour_whatever_else_is_shown():
    alone, together = palette.hues(["pix"]), palette.hues(["pix", "link", "pos", "tap", "bank_slip"])
    assert len(set(together.values())) == 5
    assert alone["pix"] in {f"hue-{i}" for i in range(1, 8)}
    assert palette.hues(["tap", "pix", "pos", "link", "bank_slip"]) == together


def test_incomplete_days_are_hatched_and_holidays_marked():
    days = [dt.date(2025, 3, 3), dt.date(2025, 3, 4), dt.date(2025, 3, 5)]
    axis = charts.days_axis(days, "pt-br", {days[1]: "Carnaval"}, days[1])
    option = charts.stacked_bars(axis, [Series("TPV", [1, 2, 3])], unit="count")
    bands, bars = option["series"][1]["data"], option["series"][2]["data"]
    assert [b and b["label"]["formatter"] for b in bands] == [None, "Carnaval", None]
    assert bars[:2] == [1.0, 2.0]
    assert "decal" in bars[2]["itemStyle"]


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=8))
def test_waterfall_bars_begin_at_zero_and_span_each_step(parts):
    total = sum(parts)
    option = charts.waterfall([(str(i), p) for i, p in enumerate(parts)], ("total", total), unit="count")
    hidden, above, below = (layer["data"] for layer in option["series"][-3:])
    heights = [a["value"] - b["value"] for a, b in zip(above, below, strict=True)]
    assert heights == [abs(p) for p in [*parts, total]]
    level = 0
    for part, base, over, under in zip(parts, hidden, above, below, strict=False):
        low, high = sorted((level, level + part))
        assert min(base, 0) + under["value"] == min(low, 0) or low >= 0
        assert max(base, 0) + over["value"] == max(high, 0) or high <= 0
        level += part


@pytest.mark.parametrize("theme", ["light", "dark", "page"])
def test_options_are_plain_json(theme):
    look = Look("pt-br", theme)
    axis = Days(["a", "b"], [Mark(0, "Natal")], {1})
    series = [Series("x", [Decimal("1.10"), None]), Series("y", [2, 3])]
    options = [
        charts.line(axis, series, unit="brl", look=look),
        charts.stacked_bars(axis, series, unit="brl", overlays=[Series("m", [1, 2])], look=look),
        charts.bars(["a", "b"], series, unit="percent", look=look),
        charts.bars(["a", "b"], series, unit="percent", look=look, horizontal=False),
        charts.heatmap(["c1", "c2"], ["l1"], [[1, None]], unit="count", look=look),
        charts.waterfall([("b", 2)], ("c", 2), unit="count", look=look),
        charts.curve([("a", 60), ("b", 100)], look=look, equal="igual"),
        charts.sparkline([1, None, 2], look=look),
    ]
    assert json.loads(json.dumps(options)) == options
    assert ("@hue-1" in json.dumps(options)) == (theme == "page")


def test_empty_data_still_gives_a_chart():
    assert charts.line(Days([]), [], unit="brl")["yAxis"][0]["max"] > 0
    assert charts.sparkline_path([None, 1]) == ""
    assert charts.sparkline_path([1, None, 2]).count("M") == 2

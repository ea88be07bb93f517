"""Pure functions that build ECharts options: the screen, the PNG and the PDF draw the same dict.

Nothing in an option is a function: ECharts writes numbers with its own separators, so every text that shows a number
is worked out here, and the scale's labels are drawn by the rules of an empty series (`_ruler`).
With `Look(theme="page")` colours stay names (`@hue-1`), which the page resolves from its own theme.

Values are plain numbers in the unit of the measure (reais, counts, percent); None is a gap. Units are `brl`, `count`,
`percent` and `number`. Every function returns a dict that `json.dumps` accepts.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from farol.engines.dashboards import palette, scales
from farol.engines.dashboards.scales import Unit

Value = Decimal | int | float | None
Option = dict[str, Any]
MAX_SERIES = 7
FEW_NAMES = 6
LONG_NAME = 11  # letters that stand on one line under a bar


@dataclass(frozen=True)
class Look:
    """Language of the texts and theme of the colours: `light`, `dark`, or `page` (names, for the browser)."""

    language: str = "pt-br"
    theme: str = "light"

    def colour(self, name: str, *, faint: bool = False) -> str:
        """The hexadecimal colour of a name of the palette; a text that is no such name is returned as it is."""
        found = f"{name}-faint" if faint else name
        if self.theme == "page":
            return f"@{found}" if found in palette.LIGHT else name
        return palette.THEMES[self.theme].get(found, name)

    def text(self, value: Value, unit: Unit) -> str:
        return scales.text(value, unit, self.language)


@dataclass(frozen=True)
class Series:
    """One line or one layer: `values` has one value for each category; `key` is what a click filters by."""

    name: str
    values: Sequence[Value]
    hue: str = "hue-1"
    key: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A day to point out, such as a holiday; `index` counts from the first category."""

    index: int
    label: str


@dataclass(frozen=True)
class Days:
    """A day axis: its labels, the days to point out, those whose data are not complete, and those shown for context."""

    labels: Sequence[str]
    marks: Sequence[Mark] = ()
    incomplete: Collection[int] = field(default_factory=frozenset)
    faint: Collection[int] = field(default_factory=frozenset)


LOOK = Look()


def days_axis(days: Sequence[dt.date], language: str, holidays: Mapping[dt.date, str], last: dt.date | None) -> Days:
    """The axis of consecutive days; those after `last`, the last complete day, count as incomplete."""
    return Days(
        labels=[scales.short_day(day, language) for day in days],
        marks=[Mark(i, holidays[day]) for i, day in enumerate(days) if day in holidays],
        incomplete=frozenset(i for i, day in enumerate(days) if last and day > last),
    )


def top_series(series: Sequence[Series], others: str, limit: int = MAX_SERIES) -> list[Series]:
    """At most `limit` series: the largest sums by themselves, the rest added up as `others`."""
    ranked = sorted(series, key=lambda s: -sum(abs(_plain(v) or 0) for v in s.values))
    if len(ranked) <= limit:
        return ranked
    rest = [
        [v for v in column if v is not None] for column in zip(*(s.values for s in ranked[limit - 1 :]), strict=True)
    ]
    return [*ranked[: limit - 1], Series(others, [sum(c) if c else None for c in rest], palette.OTHERS)]


def line(days: Days, series: Sequence[Series], *, unit: Unit, look: Look = LOOK, zero: bool = False) -> Option:
    """Lines over days; the name stands at the end of each line."""
    ticks = scales.ticks(_numbers(series), zero=zero)
    drawn = [_line(s, look, label=len(series) > 1) for s in series]
    return _over_days(days, drawn, ticks, unit, look, room=_room(series) if len(series) > 1 else 16)


def stacked_bars(
    days: Days, series: Sequence[Series], *, unit: Unit, overlays: Sequence[Series] = (), look: Look = LOOK
) -> Option:
    """Bars from zero, one layer for each series, with lines (mean, trend) over them."""
    ticks = scales.ticks([*_totals(series), *_numbers(overlays)], zero=True)
    thin = 0.06 * ticks[-1]
    drawn = [_layer(s, days, look, label=len(series) > 1 and _last(s) > thin) for s in series]
    drawn += [_line(s, look) for s in overlays]
    option = _over_days(days, drawn, ticks, unit, look, room=_room(series) if len(series) > 1 else 16)
    unnamed = [s for s in series if len(series) > 1 and _last(s) <= thin]  # too thin on the last day to carry a name
    if overlays or unnamed:
        option["legend"] = {**_legend(look, True), "data": [s.name for s in (*unnamed, *overlays)], "left": 0}
        option["legend"] |= {"icon": "roundRect", "itemHeight": 3, "itemWidth": 16}
        option["grid"]["top"] = 44
    return option


def bars(
    names: Sequence[str],
    series: Sequence[Series],
    *,
    unit: Unit,
    look: Look = LOOK,
    hues: Sequence[str] = (),
    faint: Collection[int] = (),
    horizontal: bool = True,
) -> Option:
    """Bars from zero with the value at the end of each; `hues` colours the bars of a single series one by one."""
    ticks = scales.ticks(_numbers(series), zero=True)
    write = scales.text if horizontal else scales.bare
    least = 0.04 * ticks[-1] if len(series) > 1 else None
    drawn = []
    for one in series:
        texts = [write(v, unit, look.language) if least is None or (v or 0) >= least else "" for v in one.values]
        colours = [look.colour(hues[i] if hues else one.hue, faint=i in faint) for i in range(len(one.values))]
        drawn.append(_bar(one, texts, colours, "right" if horizontal else "top", look))
    option = (
        _lying(names, drawn, ticks, look) if horizontal else _over_days(Days(names), drawn, ticks, unit, look, room=16)
    )
    if not horizontal and len(names) <= FEW_NAMES:  # every name, on two lines where it is long
        axis = option["xAxis"][0]["axisLabel"]
        axis |= {"interval": 0, "hideOverlap": False, "width": 72, "overflow": "break", "lineHeight": 13}
        option["grid"]["bottom"] = 40 if max((len(name) for name in names), default=0) > LONG_NAME else 26
    return {**option, "legend": _legend(look, len(series) > 1)}


def heatmap(
    columns: Sequence[str], lines: Sequence[str], cells: Sequence[Sequence[Value]], *, unit: Unit, look: Look = LOOK
) -> Option:
    """`cells[line][column]` as a table of shades with the value written in each; None stays empty."""
    plain = [[_plain(v) for v in row] for row in cells]
    known = [v for row in plain for v in row if v is not None]
    high = max(known, default=1.0) or 1.0
    data = [
        _cell(x, y, value, high, look.text(cells[y][x], unit), look)
        for y, row in enumerate(plain)
        for x, value in enumerate(row)
        if value is not None
    ]
    left = 14 + max((len(name) for name in lines), default=4) * 6.6
    return {
        **_base(look),
        "grid": {"left": left, "right": 4, "top": 28, "bottom": 4},
        "xAxis": {**_names_axis(columns, look), "position": "top", "splitArea": {"show": False}},
        "yAxis": {**_names_axis(lines, look), "inverse": True},
        "visualMap": {
            "show": False,
            "min": 0,
            "max": high,
            "inRange": {"color": [look.colour("heat-0"), look.colour("heat-1"), look.colour("heat-2")]},
        },
        "series": [
            {
                "type": "heatmap",
                "data": data,
                "itemStyle": {"borderWidth": 2, "borderColor": look.colour("surface")},
                "emphasis": {"disabled": True},
            }
        ],
    }


def waterfall(
    steps: Sequence[tuple[str, Value]],
    total: tuple[str, Value],
    *,
    unit: Unit,
    look: Look = LOOK,
    good: Collection[int] = (),
) -> Option:
    """A change taken apart: one step for each part, from zero to the whole change, which stands at the end.

    Steps up are good and steps down are bad, but for those whose place is in `good`.

    The base itself is left out: with it every bar would either hide the steps or not begin at zero.
    """
    amounts = [_plain(v) or 0.0 for _, v in steps]
    levels = [0.0]
    for amount in amounts:
        levels.append(levels[-1] + amount)
    end = _plain(total[1]) or 0.0
    spans = [*itertools.pairwise(levels), (0.0, end)]
    texts = [scales.signed(v, unit, look.language) for _, v in [*steps, total]]
    colours = [*("up" if a >= 0 or i in good else "down" for i, a in enumerate(amounts)), "total"]
    low, high = min(*levels, end), max(*levels, end)
    ticks = scales.ticks([low - (0.08 * (high - low) if low < 0 else 0), high], zero=True)
    return _steps([*(n for n, _ in steps), total[0]], spans, colours, texts, ticks, unit, look)


def curve(points: Sequence[tuple[str, Value]], *, look: Look = LOOK, name: str = "", equal: str = "") -> Option:
    """Concentration: cumulative percent (0 to 100) after each segment, largest first, against an equal split."""
    values = [_plain(v) for _, v in points]
    step = 100 / max(len(points), 1)
    even = Series(equal, [step * (i + 1) for i in range(len(points))], "others", dashed=True)
    drawn = [
        {**_line(Series(name, values), look), "areaStyle": {"opacity": 0.12}, "showSymbol": len(points) <= 15},
        _line(even, look, label=bool(equal)),
    ]
    option = _over_days(Days([n for n, _ in points]), drawn, [0, 25, 50, 75, 100], "percent", look, room=16)
    drawn[1]["endLabel"] = {"show": False}
    return option


def sparkline(values: Sequence[Value], *, look: Look = LOOK, hue: str = "hue-1") -> Option:
    """A bare line without axes, its last point marked."""
    numbers = [_plain(v) for v in values]
    known = [v for v in numbers if v is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    body = {**_line(Series("", numbers, hue), look), "areaStyle": {"opacity": 0.08}}
    return {
        **_base(look),
        "grid": {"left": 2, "right": 4, "top": 4, "bottom": 2},
        "xAxis": {
            "type": "category",
            "show": False,
            "boundaryGap": False,
            "data": [str(i) for i in range(len(numbers))],
        },
        "yAxis": {"type": "value", "show": False, "min": low, "max": high if high > low else low + 1},
        "series": [body],
    }


def sparkline_path(values: Sequence[Value], width: int = 120, height: int = 28) -> str:
    """The same line as the `d` of an SVG path, for cards that need no chart library."""
    numbers = [_plain(v) for v in values]
    known = [v for v in numbers if v is not None]
    if len(known) < 2:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1
    step = (width - 4) / max(len(numbers) - 1, 1)
    parts, pen = [], "M"
    for index, value in enumerate(numbers):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{2 + index * step:.1f} {height - 3 - (value - low) / span * (height - 6):.1f}")
        pen = "L"
    return "".join(parts)


def _plain(value: Value) -> float | None:
    return None if value is None else float(value)


def _numbers(series: Sequence[Series]) -> list[float]:
    return [float(v) for s in series for v in s.values if v is not None]


def _last(series: Series) -> float:
    return float(series.values[-1] or 0) if series.values else 0.0


def _totals(series: Sequence[Series]) -> list[float]:
    columns = zip(*(s.values for s in series), strict=True)
    return [sum(float(v) for v in column if v is not None) for column in columns]


def _room(series: Sequence[Series]) -> float:
    return 18 + min(max((len(s.name) for s in series), default=0), 18) * 6.4


def _base(look: Look) -> Option:
    return {
        "animation": False,
        "aria": {"enabled": True, "label": {"enabled": False}},
        "textStyle": {"fontFamily": "inherit" if look.theme == "page" else "sans-serif", "color": look.colour("text")},
    }


def _over_days(
    days: Days, drawn: list[Option], ticks: Sequence[float], unit: Unit, look: Look, *, room: float
) -> Option:
    texts = scales.tick_texts(ticks, unit, look.language)
    left = 12 + max(len(t) for t in texts) * 6.4
    return {
        **_base(look),
        "grid": {"left": left, "right": room, "top": 22, "bottom": 26},
        "xAxis": [_names_axis(days.labels, look), {"type": "category", "data": list(days.labels), "show": False}],
        "yAxis": [
            {
                "type": "value",
                "min": ticks[0],
                "max": ticks[-1],
                "axisLabel": {"show": False},
                "splitLine": {"show": False},
            },
            {"type": "value", "min": 0, "max": 1, "show": False},
        ],
        "series": [_ruler(ticks, texts, look), *([_bands(days, look)] if days.marks else []), *drawn],
    }


def _names_axis(names: Sequence[str], look: Look) -> Option:
    return {
        "type": "category",
        "data": list(names),
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": look.colour("axis")}},
        "axisLabel": {"color": look.colour("muted"), "fontSize": 11, "hideOverlap": True},
    }


def _ruler(ticks: Sequence[float], texts: Sequence[str], look: Look) -> Option:
    """The scale: rules with texts of our own, carried by an empty series."""
    rules = [
        {"yAxis": tick, "label": {"formatter": text}, "lineStyle": {"color": look.colour("rule" if i else "axis")}}
        for i, (tick, text) in enumerate(zip(ticks, texts, strict=True))
    ]
    return {
        "type": "line",
        "data": [],
        "silent": True,
        "markLine": {
            "silent": True,
            "symbol": "none",
            "animation": False,
            "z": 0,
            "lineStyle": {"type": "solid", "width": 1},
            "label": {"position": "start", "distance": 6, "color": look.colour("muted"), "fontSize": 11},
            "data": rules,
        },
    }


def _bands(days: Days, look: Look) -> Option:
    """The days to point out: full-height bars behind the others, on axes of their own."""
    bands: list[Any] = [None] * len(days.labels)
    for mark in days.marks:
        bands[mark.index] = {"value": 1, "label": {"formatter": mark.label}}
    return {
        "type": "bar",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "data": bands,
        "silent": True,
        "barWidth": "100%",
        "z": 0,
        "itemStyle": {"color": look.colour("band")},
        "label": {"show": True, "position": "top", "color": look.colour("muted"), "fontSize": 10, "distance": 3},
        "labelLayout": {"hideOverlap": True},
    }


def _line(series: Series, look: Look, *, label: bool = False) -> Option:
    colour = look.colour(series.hue)
    drawn: Option = {
        "type": "line",
        "name": series.name,
        "data": [_plain(v) for v in series.values],
        "showSymbol": False,
        "symbolSize": 6,
        "z": 4,
        "lineStyle": {"width": 2, "color": colour, "type": "dashed" if series.dashed else "solid"},
        "itemStyle": {"color": colour},
    }
    if label:
        drawn["endLabel"] = {
            "show": True,
            "formatter": series.name,
            "color": look.colour("text"),
            "fontSize": 11,
            "distance": 6,
        }
        drawn["labelLayout"] = {"moveOverlap": "shiftY"}
    return drawn


def _name_label(series: Series, look: Look) -> Option:
    return {"formatter": series.name, "color": look.colour("text"), "fontSize": 11, "distance": 8}


def _layer(series: Series, days: Days, look: Look, *, label: bool) -> Option:
    colour = look.colour(series.hue)
    data: list[Any] = [_plain(v) for v in series.values]
    for index in sorted({*days.faint, *days.incomplete}):
        hatch = {"decal": _hatch(look)} if index in days.incomplete else {}
        style = {"color": look.colour(series.hue, faint=index in days.faint), **hatch}
        data[index] = {"value": data[index], "itemStyle": style}
    if label:
        last = data[-1] if isinstance(data[-1], dict) else {"value": data[-1]}
        data[-1] = {**last, "label": {"show": True}}
    return {
        "type": "bar",
        "name": series.name,
        "stack": "all",
        "data": data,
        "barCategoryGap": "22%",
        "itemStyle": {"color": colour},
        "label": {
            "position": "right",
            "distance": 8,
            "formatter": series.name,
            "color": look.colour("text"),
            "fontSize": 11,
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "emphasis": {"disabled": True},
    }


def _hatch(look: Look) -> Option:
    return {
        "symbol": "rect",
        "dashArrayX": [1, 0],
        "dashArrayY": [3, 4],
        "rotation": -0.785,
        "color": look.colour("hatch"),
    }


def _legend(look: Look, show: bool) -> Option:
    return {
        "show": show,
        "top": 0,
        "right": 0,
        "itemWidth": 10,
        "itemHeight": 10,
        "textStyle": {"color": look.colour("muted"), "fontSize": 11},
    }


def _bar(series: Series, texts: Sequence[str], colours: Sequence[str], position: str, look: Look) -> Option:
    data = [
        {"value": _plain(value), "label": {"formatter": text}, "itemStyle": {"color": colour}}
        for value, text, colour in zip(series.values, texts, colours, strict=True)
    ]
    return {
        "type": "bar",
        "name": series.name,
        "data": data,
        "barCategoryGap": "30%",
        "itemStyle": {"color": look.colour(series.hue)},
        "label": {"show": True, "position": position, "color": look.colour("text"), "fontSize": 11},
        "labelLayout": {"hideOverlap": True},
    }


def _lying(names: Sequence[str], drawn: Sequence[Option], ticks: Sequence[float], look: Look) -> Option:
    left = 14 + min(max((len(name) for name in names), default=4), 26) * 6.4
    return {
        **_base(look),
        "grid": {"left": left, "right": 76, "top": 26 if len(drawn) > 1 else 6, "bottom": 6},
        "xAxis": {"type": "value", "min": min(ticks[0], 0), "max": ticks[-1], "show": False},
        "yAxis": {**_names_axis(names, look), "inverse": True},
        "series": [{**body, "barMaxWidth": 26} for body in drawn],
    }


def _cell(x: int, y: int, value: float, high: float, text: str, look: Look) -> Option:
    shade = "heat-text-1" if value / high > 0.6 else "heat-text-0"
    return {
        "value": [x, y, value],
        "label": {"show": True, "formatter": text, "color": look.colour(shade), "fontSize": 11},
    }


def _steps(
    names: Sequence[str],
    spans: Sequence[tuple[float, float]],
    colours: Sequence[str],
    texts: Sequence[str],
    ticks: Sequence[float],
    unit: Unit,
    look: Look,
) -> Option:
    """Bars that float between two levels. A stack adds up each side of zero by itself, so a bar that crosses zero is
    drawn as its two halves."""
    hidden, above, below = [], [], []
    for (before, after), colour, text in zip(spans, colours, texts, strict=True):
        low, high = min(before, after), max(before, after)
        style = {"itemStyle": {"color": look.colour(colour)}}
        hidden.append(low if low > 0 else high if high < 0 else 0)
        over, under = max(high, 0) - max(low, 0), min(low, 0) - min(high, 0)
        above.append({"value": over, **style, "label": {"show": over > 0, "formatter": text}})
        below.append({"value": under, **style, "label": {"show": over <= 0, "formatter": text, "position": "bottom"}})
    label = {"position": "top", "color": look.colour("text"), "fontSize": 11}
    bar = {"type": "bar", "stack": "steps", "barCategoryGap": "35%", "labelLayout": {"hideOverlap": True}}
    drawn: list[Option] = [
        {**bar, "silent": True, "data": hidden, "itemStyle": {"color": "transparent"}},
        {**bar, "data": above, "label": label},
        {**bar, "data": below, "label": label},
    ]
    option = _over_days(Days(names), drawn, ticks, unit, look, room=16)
    axis = option["xAxis"][0]
    axis["axisLabel"] |= {"interval": 0, "hideOverlap": False, "overflow": "break", "width": 84}
    axis["axisLine"]["onZero"] = False
    option["grid"]["bottom"] = 44
    return option

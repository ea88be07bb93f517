"""Colours of charts: the same thing has the same colour on every page, in both themes and in the PDF."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

HUES = 7
OTHERS = "others"
FAINT = 0.42

LIGHT = {
    "hue-1": "#3d6fd1",
    "hue-2": "#14917f",
    "hue-3": "#c07f14",
    "hue-4": "#8764cf",
    "hue-5": "#d4527f",
    "hue-6": "#5a9327",
    "hue-7": "#1f93c4",
    "others": "#7d8797",
    "up": "#16794a",
    "down": "#c02b46",
    "total": "#5b6678",
    "text": "#1f2937",
    "muted": "#5d6778",
    "rule": "#e3e7ed",
    "axis": "#aab3c0",
    "band": "#eef1f5",
    "hatch": "#ffffff",
    "surface": "#ffffff",
    "heat-0": "#eef4fd",
    "heat-1": "#b7cff2",
    "heat-2": "#6f9be0",
    "heat-text-0": "#1f2937",
    "heat-text-1": "#101828",
}
DARK = {
    "hue-1": "#6ea3f7",
    "hue-2": "#3dbcac",
    "hue-3": "#e3a43f",
    "hue-4": "#ae90f0",
    "hue-5": "#ee7aa2",
    "hue-6": "#94c353",
    "hue-7": "#4fb7de",
    "others": "#8d97a8",
    "up": "#4cc38a",
    "down": "#ff7f90",
    "total": "#9aa5b6",
    "text": "#e6eaf0",
    "muted": "#9fabbd",
    "rule": "#2c3644",
    "axis": "#556172",
    "band": "#232c39",
    "hatch": "#161d27",
    "surface": "#161d27",
    "heat-0": "#1c2a40",
    "heat-1": "#274b80",
    "heat-2": "#3a6fc0",
    "heat-text-0": "#e6eaf0",
    "heat-text-1": "#ffffff",
}


def _mixed(colour: str, ground: str, share: float) -> str:
    """`share` of a colour on a ground: opaque, so that nothing shines through."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(c * share + g * (1 - share)):02x}" for c, g in pairs)


for _theme in (LIGHT, DARK):
    _theme |= {
        f"{name}-faint": _mixed(colour, _theme["surface"], FAINT)
        for name, colour in list(_theme.items())
        if name.startswith("hue-") or name == OTHERS
    }
THEMES = {"light": LIGHT, "dark": DARK}


def hues(keys: Iterable[str]) -> dict[str, str]:
    """A hue name for each key. Give all values of a dimension, shown or not: then no filter changes a colour.

    The hue comes from the key itself, so a new value moves no other; two keys that fall on one hue are parted in
    alphabetical order while free hues remain.
    """
    taken: dict[str, str] = {}
    for key in sorted(set(keys)):
        first = zlib.crc32(key.encode()) % HUES
        order = [f"hue-{(first + step) % HUES + 1}" for step in range(HUES)]
        free = [hue for hue in order if hue not in taken.values()]
        taken[key] = (free or order)[0]
    return taken

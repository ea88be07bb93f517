"""The states of a flow as a drawing: each state once, from left to right as far as its shortest path is long."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from farol.engines.workflow.flow import Flow, State

WIDE, HIGH, GAP, ROW, MARGIN = 196, 40, 84, 92, 20


@dataclass(frozen=True)
class Box:
    state: State
    x: int
    y: int

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + WIDE // 2, self.y + HIGH // 2 + 5


@dataclass(frozen=True)
class Arrow:
    path: str


@dataclass(frozen=True)
class Picture:
    boxes: list[Box]
    arrows: list[Arrow]
    width: int
    height: int
    box_width: int = WIDE
    box_height: int = HIGH


def picture(flow: Flow) -> Picture:
    boxes = _boxes(flow)
    pairs = dict.fromkeys((s, t.target) for t in flow.transitions for s in t.sources if t.target and t.target != s)
    arrows = [Arrow(_path(boxes[a], boxes[b])) for a, b in pairs]
    width = max(box.x for box in boxes.values()) + WIDE + MARGIN
    height = max(box.y for box in boxes.values()) + HIGH + MARGIN
    return Picture(list(boxes.values()), arrows, width, height)


def _boxes(flow: Flow) -> dict[str, Box]:
    columns: dict[int, list[str]] = defaultdict(list)
    for name, depth in _depths(flow).items():
        columns[depth].append(name)
    return {
        name: Box(flow.by_name[name], MARGIN + depth * (WIDE + GAP), MARGIN + row * ROW)
        for depth, names in columns.items()
        for row, name in enumerate(names)
    }


def _depths(flow: Flow) -> dict[str, int]:
    """Steps from the first state, in the order of the flow's own list; a way out for all (a cancellation) goes last."""
    depths, queue = {flow.initial: 0}, [flow.initial]
    while queue:
        at = queue.pop(0)
        for step in flow.transitions:
            if at in step.sources and step.target and step.target not in depths:
                depths[step.target] = depths[at] + 1
                queue.append(step.target)
    return {state.name: depths[state.name] for state in flow.states}


def _path(start: Box, end: Box) -> str:
    """From side to side; back and within a column along a bow."""
    if end.x > start.x:
        x1, y1, x2, y2 = start.x + WIDE, start.y + HIGH // 2, end.x - 6, end.y + HIGH // 2
        bend = max((x2 - x1) // 2, 24)
        return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    if end.x == start.x:
        down = end.y > start.y
        x = start.x + WIDE // 2
        y1, y2 = (start.y + HIGH, end.y - 6) if down else (start.y, end.y + HIGH + 6)
        return f"M{x} {y1} L{x} {y2}"
    x1, y1, x2, y2 = start.x + WIDE // 3, start.y + HIGH, end.x + 2 * WIDE // 3, end.y + HIGH + 6
    low = max(y1, y2) + 26
    return f"M{x1} {y1} C{x1} {low} {x2} {low} {x2} {y2}"

"""Which alerts say the same thing: parents explain children, children explain parents, one measure the other.

A segment is explained by another where, with the other's change taken out (or shared), it is back in its range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from farol.engines.alerts.findings import Finding, change
from farol.engines.alerts.panel import Panel, Segment
from farol.engines.alerts.rules import AreaRules
from farol.engines.metrics.expected import Expected
from farol.engines.metrics.formulas import Sum
from farol.engines.metrics.model import Measure

NORMAL = 2.5  # scales within which what is left over is nothing to speak of
STANDS_OUT = 1.3  # a part explains the whole only if it changed so much more than the whole
MOST_PARTS = 3
MOST_OF_IT = 70.0  # percent of a change that a few parts must make to be called its cause
MOST_LOOKUPS = 24  # crossings of segments fetched one by one

Forecast = Callable[[Segment, Measure], Expected]
Links = dict[Finding, tuple[Segment, ...]]


@dataclass
class Explainer:
    panel: Panel
    rules: AreaRules
    forecast: Forecast
    findings: list[Finding]

    def __post_init__(self) -> None:
        self.base = [self._measure_of(s) for s in self.panel.sums]
        self.found = {(f.segment, f.measure.name): f for f in self.findings}
        self.by_segment: dict[Segment, list[Finding]] = {}
        for finding in self.findings:
            self.by_segment.setdefault(finding.segment, []).append(finding)
        self.hot = list(self.by_segment)
        self.lookups = 0

    def links(self) -> Links:
        """For each finding the segments whose alerts explain it; nothing for those that stand for themselves."""
        direct: Links = {f: self._by_parts(f) for f in self.findings}
        for f in self.findings:
            if not direct[f]:
                direct[f] = self._by_whole(f, direct)
        for f in sorted(self.findings, key=lambda f: abs(f.change)):
            if not direct[f]:
                direct[f] = self._by_crossing(f, direct)
        for f in self.findings:
            if not direct[f]:
                direct[f] = self._by_other_measure(f)
        return {f: self._roots(f, direct) for f in self.findings}

    # what inside a segment made its change

    def causes(self, f: Finding, segments: Iterable[Segment]) -> tuple[tuple[Segment, float, float], ...]:
        """The few parts (segment, change, percent of the whole change) that made it, along the dimension that tells
        most; nothing where the change is spread as the segment is. Sums only: parts of a ratio do not add up."""
        whole = f.forecast.value
        if not isinstance(f.measure.formula, Sum) or not whole or f.observed == whole:
            return ()
        inside: dict[str, list[Segment]] = {}
        for part in segments:
            if len(part) == len(f.segment) + 1 and _contains(f.segment, part):
                (extra,) = set(part) - set(f.segment)
                inside.setdefault(extra[0], []).append(part)
        told = [chosen for parts in inside.values() if (chosen := self._few(f, parts))]
        return max(told, key=lambda chosen: sum(share for _part, _delta, share in chosen) / len(chosen), default=())

    def _few(self, f: Finding, parts: list[Segment]) -> tuple[tuple[Segment, float, float], ...]:
        total = f.observed - (f.forecast.value or 0.0)
        chosen: list[tuple[Segment, float, float]] = []
        carried = 0.0
        for part in sorted(parts, key=lambda s: -self._moved(s, f.measure) / total)[:MOST_PARTS]:
            moved = self._moved(part, f.measure)
            chosen.append((part, moved, 100 * moved / total))
            carried += self.forecast(part, f.measure).value or 0.0
            made = sum(share for _part, _delta, share in chosen)
            if made >= MOST_OF_IT:
                return tuple(chosen) if made >= 100 * STANDS_OUT * carried / (f.forecast.value or 1.0) else ()
        return ()

    # parts explain the whole

    def _by_parts(self, f: Finding) -> tuple[Segment, ...]:
        """The few parts inside that changed more than the whole and without which it would be normal."""
        if f.forecast.value is None:
            return ()
        inside = [s for s in self.hot if _contains(f.segment, s) and self._stands_out(s, f)]
        chosen: list[Segment] = []
        for part in sorted(inside, key=lambda s: -abs(self._moved(s, f.measure))):
            if all(_apart(part, other) for other in chosen) and len(chosen) < MOST_PARTS:
                chosen.append(part)
                if self._normal_without(f, chosen):
                    return tuple(chosen)
        return ()

    def _stands_out(self, part: Segment, f: Finding) -> bool:
        if not isinstance(f.measure.formula, Sum):
            return True
        mine, whole = self._change(part, f.measure), f.change
        return mine * whole > 0 and abs(mine) >= STANDS_OUT * abs(whole)

    def _normal_without(self, f: Finding, parts: Iterable[Segment]) -> bool:
        """Is the finding back in its range with these parts as they were expected?"""
        amounts = [float(a) for a in self.panel.observed(f.segment)]
        for part in parts:
            for i, moved in enumerate(self._moves(part)):
                amounts[i] -= moved
        value = self.panel.value(f.measure, [max(a, 0.0) for a in amounts])
        return value is not None and self._is_normal(f, change(value, f.forecast.value))

    def _is_normal(self, f: Finding, left: float) -> bool:
        """`left` is what remains of the change: within the range, turned round, or a small rest of it."""
        sign = 1 if f.change > 0 else -1
        return left * sign <= max(NORMAL * (f.forecast.scale or 0.0), 0.25 * abs(f.change))

    # the whole explains its parts

    def _by_whole(self, f: Finding, direct: Links) -> tuple[Segment, ...]:
        """The smallest larger segment that changed as much; not one that this segment explains."""
        around = [s for s in self.hot if _contains(s, f.segment) and self._shares(s, f)]
        standing = [s for s in around if not self._leads_to(s, f.segment, direct)]
        standing.sort(key=lambda s: (not self._stands(s, direct), -len(s)))
        return tuple(standing[:1])

    def _shares(self, whole: Segment, f: Finding) -> bool:
        if f.forecast.value is None:
            return any(
                (whole, m.name) in self.found and self.found[whole, m.name].kind is f.kind for m in self.base if m
            )
        theirs = self._change(whole, f.measure)
        return theirs * f.change > 0 and self._is_normal(f, f.change - theirs)

    # neighbours that overlap

    def _by_crossing(self, f: Finding, direct: Links) -> tuple[Segment, ...]:
        """A segment beside it, changed more or larger, whose common part with it makes the change."""
        if f.forecast.value is None:
            return ()
        for other in sorted(self.hot, key=lambda s: -abs(self._moved(s, f.measure))):
            if not (_crosses(other, f.segment) and self._stands(other, direct) and self._outweighs(other, f)):
                continue
            common = self._common(other, f.segment)
            if common is not None and self._normal_without(f, [common]):
                return (other,)
        return ()

    def _outweighs(self, other: Segment, f: Finding) -> bool:
        if self._stands_out(other, f):
            return True
        theirs, mine = self._moved(other, f.measure), self._moved(f.segment, f.measure)
        return theirs * mine > 0 and abs(theirs) > abs(mine)

    def _common(self, one: Segment, other: Segment) -> Segment | None:
        values = {**dict(one), **dict(other)}
        common = tuple((name, values[name]) for name in self.rules.dimensions if name in values)
        if common not in self.panel.history:
            self.lookups += 1
            if self.lookups > MOST_LOOKUPS:
                return None
        return common

    # one measure explains the other

    def _by_other_measure(self, f: Finding) -> tuple[Segment, ...]:
        """Of the measures of one segment, the first that changed the same way stands for all."""
        names = self.rules.measures
        for name in names[: names.index(f.measure.name)]:
            other = self.found.get((f.segment, name))
            if other is not None and (other.up == f.up or not isinstance(f.measure.formula, Sum)):
                return (f.segment,)
        return ()

    # what a segment's parts did

    def _measure_of(self, item: Sum) -> Measure | None:
        return next((m for m in self.panel.model.measures if m.formula == item and m.name in self.rules.measures), None)

    def _moves(self, segment: Segment) -> list[float]:
        """Observed minus expected, for every sum; nothing where nothing was expected but something was known."""
        moves = []
        for measure, amount in zip(self.base, self.panel.observed(segment), strict=True):
            value = self.forecast(segment, measure).value if measure else None
            moves.append(amount - value if value is not None else float(amount) if self._unseen(segment) else 0.0)
        return moves

    def _unseen(self, segment: Segment) -> bool:
        return set(self.panel.of(segment)) <= {self.panel.day}

    def _moved(self, segment: Segment, measure: Measure) -> float:
        if isinstance(measure.formula, Sum):
            return self._moves(segment)[self.panel.sums.index(measure.formula)]
        return self._moves(segment)[0]

    def _change(self, segment: Segment, measure: Measure) -> float:
        return change(self.panel.value(measure, self.panel.observed(segment)), self.forecast(segment, measure).value)

    # chains end at what stands for itself

    def _stands(self, segment: Segment, direct: Links) -> bool:
        return any(not direct[f] for f in self.by_segment.get(segment, ()))

    def _onward(self, segment: Segment, direct: Links) -> list[Segment]:
        return [by for f in self.by_segment.get(segment, ()) for by in direct[f]]

    def _leads_to(self, segment: Segment, target: Segment, direct: Links) -> bool:
        seen, queue = set(), [segment]
        while queue:
            at = queue.pop()
            if at == target:
                return True
            if at not in seen:
                seen.add(at)
                queue += self._onward(at, direct)
        return False

    def _roots(self, f: Finding, direct: Links) -> tuple[Segment, ...]:
        roots: list[Segment] = []
        seen: set[Segment] = set()
        queue = list(direct[f])
        while queue:
            at = queue.pop(0)
            if at in seen:
                continue
            seen.add(at)
            onward = [] if self._stands(at, direct) else self._onward(at, direct)
            queue += onward
            if not onward:
                roots.append(at)
        return tuple(dict.fromkeys(roots))


def _contains(whole: Segment, part: Segment) -> bool:
    return len(whole) < len(part) and set(whole) <= set(part)


def _apart(one: Segment, other: Segment) -> bool:
    """No row belongs to both."""
    values = dict(other)
    return any(name in values and values[name] != value for name, value in one)


def _crosses(one: Segment, other: Segment) -> bool:
    return one != other and not (_contains(one, other) or _contains(other, one) or _apart(one, other))

"""Detections as JSON and as a table: the rows of `farol alerts run`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from farol.engines.alerts.findings import Alert
from farol.engines.alerts.judgement import Detection
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.panel import Segment
from farol.engines.metrics.output import written

Cases = Mapping[Alert, AlertCase]


def as_json(detection: Detection, cases: Cases) -> dict[str, Any]:
    """Ready for `json.dumps`."""
    return {
        "date": detection.date.isoformat(),
        "data_version": detection.data_version,
        "alerts": [row(alert) | {"case": case_of(cases.get(alert))} for alert in detection.alerts],
        "checked": detection.checked,
    }


def row(alert: Alert) -> dict[str, Any]:
    """One alert: money as decimal strings, counts as integers, scores with four decimals; `days` where it is of more
    than one."""
    figures = {name: written(alert.measure, getattr(alert, name)) for name in ("observed", "expected", "low", "high")}
    return {
        "date": alert.date.isoformat(),
        "segment": dict(alert.segment),
        "measure": alert.measure.name,
        "kind": alert.kind.value,
        **figures,
        "delta": written(alert.measure, alert.delta),
        "impact": None if alert.impact is None else str(alert.impact.quantize(Decimal("0.01"))),
        "z": _rounded(alert.z),
        "score": _rounded(alert.score),
        "direction": alert.direction,
        "since": alert.since.isoformat(),
        "status": alert.status.value,
        "explained_by": [dict(segment) for segment in alert.explained_by],
        "causes": [
            {"segment": dict(segment), "delta": written(alert.measure, delta), "share": round(share, 4)}
            for segment, delta, share in alert.causes
        ],
        **({"days": alert.days} if alert.days > 1 else {}),
    }


def case_of(case: AlertCase | None) -> dict[str, Any] | None:
    return None if case is None else {"id": case.pk, "state": case.status}


def table(detection: Detection) -> str:
    """For a terminal: new alerts first, as they are ordered."""
    lines = [f"{'segment':<44}{'measure':<16}{'observed':>16}{'expected':>16}{'score':>10}{'z':>10}  status"]
    for alert in detection.alerts:
        found = row(alert)
        cells = [found[name] if found[name] is not None else "-" for name in ("observed", "expected", "score", "z")]
        name = segment_text(alert.segment)[:43]
        lines.append(_line(name, found, cells))
    lines.append(f"{len(detection.alerts)} alerts, {detection.checked} checked, data {detection.data_version}")
    return "\n".join(lines)


def _line(name: str, found: dict[str, Any], cells: list[Any]) -> str:
    observed, expected, score, z = (str(cell) for cell in cells)
    return f"{name:<44}{found['measure']:<16}{observed:>16}{expected:>16}{score:>10}{z:>10}  {found['status']}"


def segment_text(segment: Segment) -> str:
    return " ".join(f"{name}={value}" for name, value in segment) or "*"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

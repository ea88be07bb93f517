"""`/api/v1/alerts`: the cases one may see, and what can be done with them."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict, StrictInt, StrictStr

from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.queries import case_for, cases_for
from farol.engines.alerts.words import sentence, title
from farol.engines.workflow import allowed, run
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of

router = Router(tags=["alerts"])
ROUTERS = [("/alerts", router)]


class Wanted(Schema):
    """`after` is the `next` of the page before."""

    state: Literal["new", "acknowledged", "snoozed", "closed", ""] = ""
    area: str = ""
    direction: Literal["up", "down", ""] = ""
    after: int = Field(0, ge=0, le=2**62)
    limit: int = Field(50, ge=1, le=200)


class ActionIn(Schema):
    """`version` is the one seen; `until` belongs to `snooze`, `assignee` (a person's number) to `assign`."""

    model_config = ConfigDict(extra="forbid")

    version: StrictInt
    reason: StrictStr = ""
    until: StrictStr | None = None
    assignee: StrictInt | None = None


@router.get("", summary="Alerts, the latest first")
@requires("alerts.view")
def alerts(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    chosen = {"status": wanted.state, "area": wanted.area, "direction": wanted.direction}
    found = cases_for(asker_of(request)).filter(**{name: value for name, value in chosen.items() if value})
    if wanted.after:
        found = found.filter(pk__lt=wanted.after)
    rows = list(found.order_by("-pk")[: wanted.limit + 1])
    more = len(rows) > wanted.limit
    return {"items": [item(case) for case in rows[: wanted.limit]], "next": rows[wanted.limit - 1].pk if more else None}


@router.get("/{int:pk}", summary="One alert")
@requires("alerts.view")
def alert(request: HttpRequest, pk: int) -> dict[str, Any]:
    principal = asker_of(request)
    case = case_for(principal, pk)
    return {**item(case), "actions": [a.transition.name for a in allowed(case, principal) if not a.refusal]}


@router.post("/{int:pk}/{action}", summary="Do something with an alert")
@requires("alerts.judge")
def act(request: HttpRequest, pk: int, action: str, data: ActionIn) -> dict[str, Any]:
    principal = asker_of(request)
    asked = {name: value for name, value in (("until", data.until), ("assignee", data.assignee)) if value is not None}
    case = case_for(principal, pk)
    return item(run(case, action, principal, reason=data.reason, version=data.version, data=asked))


def item(case: AlertCase) -> dict[str, Any]:
    """A case as JSON: its state beside the newest row of `alerts run`."""
    return {
        "id": case.pk,
        "version": case.version,
        "state": case.status,
        "verdict": case.verdict or None,
        "area": case.area,
        "rule": case.rule,
        "kind": case.kind,
        "measure": case.measure or None,
        "direction": case.direction,
        "segment": case.segment,
        "first_day": case.first_day.isoformat(),
        "last_day": case.last_day.isoformat(),
        "impact": None if case.impact is None else str(case.impact),
        "assignee": case.assignee_id,
        "snoozed_until": case.snoozed_until.isoformat() if case.snoozed_until else None,
        "title": title(case),
        "sentence": sentence(case),
        "evidence": case.evidence,
    }

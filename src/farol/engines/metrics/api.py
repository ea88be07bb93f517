"""`/api/v1/metrics/MODEL/query` and `/explain`: the names of the command line's flags, the same JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import ConfigDict, StrictInt, StrictStr

from farol.engines.metrics import ask, output
from farol.engines.metrics.contribution import question
from farol.engines.metrics.doors import explain_query, run
from farol.engines.metrics.period import parse_period
from farol.platform.accounts.access import signed_in
from farol.platform.accounts.principal import asker_of
from farol.platform.api.idempotency import reads

router = Router(tags=["metrics"])
ROUTERS = [("/metrics", router)]

Names = list[StrictStr] | StrictStr
Value = StrictStr | StrictInt
Where = dict[str, list[Value] | Value]


class QueryIn(Schema):
    """What to ask; lists may also be written as `a,b`."""

    model_config = ConfigDict(extra="forbid")

    measures: Names
    by: Names = []
    where: Where = Field({}, description="Values to keep, by dimension")
    period: StrictStr | None = Field(None, description="2025-02-14, 2025-02 or 2025-01-01..2025-02-28")
    compare: Names = Field([], description="d1, w1, m1, m30, y1, expected")
    order: Names = Field([], description="tpv:desc or -tpv")
    limit: StrictInt | None = None


class ExplainIn(Schema):
    """Which change to explain; without `by`, the dimensions that explain it best."""

    model_config = ConfigDict(extra="forbid")

    measure: StrictStr = "tpv"
    date: StrictStr | None = Field(None, description="2025-02-14, 2025-02 or 2025-01-01..2025-02-28")
    against: StrictStr = Field("w1", description="d1, w1, m1, m30 or y1")
    by: Names = []
    where: Where = {}


@router.post("/{model}/query", summary="Ask a model for figures")
@reads
@signed_in  # the model's own permission and row rules are asked for in `run`
def query(request: HttpRequest, model: str, data: QueryIn) -> dict[str, Any]:
    asked = ask.query_of(model, **data.dict())
    return output.as_json(run(asked, asker_of(request)))


@router.post("/{model}/explain", summary="What moved a figure")
@reads
@signed_in
def explain(request: HttpRequest, model: str, data: ExplainIn) -> dict[str, Any]:
    period = parse_period(data.date) if data.date else None
    asked = question(model, data.measure, period, data.against, ask.names(data.by), data.where)
    return output.explanation_as_json(explain_query(asked, asker_of(request)))

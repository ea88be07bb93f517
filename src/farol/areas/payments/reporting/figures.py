"""Everything the daily report shows, asked at once so that it comes from one version of the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.areas.payments.metrics import PAYMENTS, SEGMENT
from farol.core import formats
from farol.core.errors import FarolError, Unavailable
from farol.engines.metrics import Comparison, Explanation, Period, Query, Result
from farol.engines.metrics.doors import explain, run, run_many
from farol.engines.reports.document import Receipts
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import BusinessCalendar, default

MEASURES = ("tpv", "transactions", "average_ticket")
COMPARED = ("expected", "d1", "w1", "m1", "y1")
HISTORY, SHOWN = 420, 35
LOOK_BACK = (7, 3650)  # days in which the last one with data is looked for
_TRIES = 3


@dataclass(frozen=True)
class Figures:
    """`days` maps each day with data (up to the day reported) to its row; `kpis` is the day's row with comparisons."""

    asked: dt.date
    day: dt.date
    days: Mapping[dt.date, dict[str, Any]]
    answers: Mapping[str, Result]
    moved: Explanation
    against: str
    receipts: Receipts
    calendar: BusinessCalendar

    @property
    def kpis(self) -> dict[str, Any]:
        return self.answers["kpis"].rows[0]

    def comparison(self, measure: str, name: str) -> Comparison:
        return self.kpis["compare"][measure][name]

    def pct(self, measure: str, name: str) -> Decimal | None:
        return self.comparison(measure, name).pct

    def receipt(self, name: str, label: Any) -> int:
        """The number of the receipt behind one of the answers."""
        return self.receipts.number(self.answers[name].receipt, str(label))

    def describe(self, day: dt.date) -> str:
        """`22/02/2025, sábado de Carnaval`."""
        return f"{formats.date(day)}, {self.calendar.describe(day)}"


def gather(asked: dt.date, principal: Principal) -> Figures:
    """The figures of the last day with data up to `asked`; `Unavailable` where there is none."""
    for _turn in range(_TRIES):
        found = _gather(asked, principal)
        if len({answer.data_version for answer in found.answers.values()}) == 1:
            return found
    raise Unavailable(_("New data are being published right now. Try again in a minute."))


def _gather(asked: dt.date, principal: Principal) -> Figures:
    day = _last_day(asked, principal)
    series = run(_query(("day",), Period(day - dt.timedelta(days=HISTORY), day)), principal)
    days = {row["day"]: row for row in series.rows if row["transactions"]}
    queries = _queries(day)
    found = run_many(list(queries.values()), principal)
    answers = dict(zip(queries, (_answered(answer) for answer in found), strict=True)) | {"series": series}
    against = _against(answers["kpis"].rows[0])
    moved = explain(PAYMENTS, "tpv", day, against, (), principal)
    return Figures(asked, day, days, answers, moved, against, Receipts(), default())


def _last_day(asked: dt.date, principal: Principal) -> dt.date:
    """The day asked for, or the last one with data in the ten years before it."""
    for back in LOOK_BACK:
        period = Period(asked - dt.timedelta(days=back), asked)
        found = run(Query(PAYMENTS, ("transactions",), ("day",), {}, period), principal)
        days = [row["day"] for row in found.rows if row["transactions"]]
        if days:
            return max(days)
    raise Unavailable(_("There are no payments up to %(day)s.") % {"day": formats.date(asked)})


def _query(by: tuple[str, ...], period: Period, compare: tuple[str, ...] = ()) -> Query:
    return Query(PAYMENTS, MEASURES, by, {}, period, compare)


def _queries(day: dt.date) -> dict[str, Query]:
    one, shown = Period(day, day), Period(day - dt.timedelta(days=SHOWN - 1), day)
    month = Period(day.replace(day=1), day)
    return {
        "kpis": _query((), one, COMPARED),
        "products": _query(("day", "product"), shown),
        "tickets": _query(("product", "payment_method"), one, ("w1",)),
        "installments": _query(("installments",), one),
        "tiers": _query(("price_tier", "payment_method"), one),
        "segments": _query(SEGMENT, shown),
        "month": _query(SEGMENT, month),
    }


def _answered(answer: Result | FarolError) -> Result:
    if isinstance(answer, FarolError):
        raise answer
    return answer


def _against(row: Mapping[str, Any]) -> str:
    """The base of “what moved”: the same weekday a week before where it has data, else the first base that has."""
    bases = row["compare"]["tpv"]
    return next((name for name in ("w1", "d1", "m1", "y1") if bases[name].base is not None), "w1")

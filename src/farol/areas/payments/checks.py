"""What must hold for payment facts before anybody sees them.

The first checks prove that publishing lost and invented nothing. The later ones judge the days that a load touched
against the same weekdays before them: a file that was cut off, or came in another unit, is stopped here. They need
`HISTORY` earlier days of that weekday and a load of some size, so a correction by hand of a few rows passes.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.engines.warehouse import Audit, Check
from farol.engines.warehouse.sql import Sql, compose, each, ident
from farol.platform import calendar

WINDOW_DAYS = 63
HISTORY = 4
EXTRACT_ROWS = 50
FEWEST_ROWS, FEWEST_ROWS_HOLIDAY = 0.8, 0.6
MOST_AMOUNT, LEAST_AMOUNT = 2.4, 0.2
NULL_POINTS = 0.19
FEWEST_OF_VERSION = 0.7
SUMS = ("amount_centavos", "quantity_transactions", "quantity_of_merchants", "fee_centavos", "cost_centavos")
REQUIRED = (
    "day",
    "entity",
    "product",
    "price_tier",
    "anticipation_method",
    "payment_method",
    "installments",
    "merchant",
)
COUNTED = ("amount_centavos", "quantity_transactions", "quantity_of_merchants")
OPTIONAL = ("fee_centavos", "cost_centavos", "chargeback_centavos")

Found = dict[str, Any] | None


def _facts(audit: Audit) -> Sql:
    return audit.table("kpi_daily")


def empty(audit: Audit) -> Found:
    return None if audit.row(compose("SELECT count(*) FROM {t}", t=_facts(audit)))[0] else {}


def sums(audit: Audit) -> Found:
    """Rows and sums of the published table equal those of landing."""
    template = "SELECT count(*), {sums} FROM {t}"
    columns = each("sum({})", SUMS)
    ours = audit.row(compose(template, sums=columns, t=_facts(audit)))
    theirs = audit.row(compose(template, sums=columns, t=audit.landing))
    return None if ours == theirs else {"rows": ours[0], "landing": theirs[0]}


def nulls(audit: Audit) -> Found:
    missing = each("{} IS NULL", (*REQUIRED, *COUNTED), " OR ")
    return _some(audit, compose("SELECT count(*) FROM {t} WHERE {missing}", t=_facts(audit), missing=missing))


def negatives(audit: Audit) -> Found:
    below = each("{} < 0", (*COUNTED, *OPTIONAL), " OR ")
    return _some(audit, compose("SELECT count(*) FROM {t} WHERE {below}", t=_facts(audit), below=below))


def grain(audit: Audit) -> Found:
    """One row per grain; rows are looked at closely only where their hashes meet."""
    return _some(
        audit,
        compose(
            "WITH meeting AS MATERIALIZED (SELECT hash({grain}) AS h FROM {t} GROUP BY h HAVING count(*) > 1)"
            " SELECT count(*) FROM (SELECT 1 FROM {t} WHERE (SELECT count(*) FROM meeting) > 0"
            " AND hash({grain}) IN (SELECT h FROM meeting) GROUP BY {grain} HAVING count(*) > 1)",
            t=_facts(audit),
            grain=each("{}", REQUIRED),
        ),
    )


def merchant_twice(audit: Audit) -> Found:
    """A day that was loaded both by merchant and without merchants would count twice."""
    days = audit.rows(
        compose(
            "SELECT day FROM {t} GROUP BY day HAVING count(*) FILTER (merchant = '') > 0"
            " AND count(*) FILTER (merchant <> '') > 0 ORDER BY day LIMIT 1",
            t=_facts(audit),
        )
    )
    return {"day": days[0][0].isoformat()} if days else None


def version_rows(audit: Audit) -> Found:
    """The whole version lost many rows."""
    before = audit.published.rows.get("kpi_daily", 0) if audit.published else 0
    now = audit.row(compose("SELECT count(*) FROM {t}", t=_facts(audit)))[0]
    return {"rows": now, "before": before} if now < FEWEST_OF_VERSION * before else None


def day_rows(audit: Audit) -> Found:
    """A touched day has clearly fewer rows than its weekday usually has."""
    usual = calendar.default()
    for day, rows, usual_rows, _amount, _usual in _touched_days(audit):
        ordinary = usual.day(day).kind in (
            calendar.DayKind.BUSINESS,
            calendar.DayKind.SATURDAY,
            calendar.DayKind.SUNDAY,
        )
        if rows < (FEWEST_ROWS if ordinary else FEWEST_ROWS_HOLIDAY) * usual_rows:
            return {"day": day.isoformat(), "rows": rows, "usual": round(usual_rows)}
    return None


def day_amount(audit: Audit) -> Found:
    """A touched day's amount is out of all proportion, as when centavos are taken for reais."""
    for day, _rows, _usual_rows, amount, usual in _touched_days(audit):
        if usual and not LEAST_AMOUNT * usual <= amount <= MOST_AMOUNT * usual:
            return {"day": day.isoformat(), "times": f"{amount / usual:.1f}"}
    return None


def optional_nulls(audit: Audit) -> Found:
    """A column that used to come filled stopped coming."""
    if not audit.touched:
        return None
    for column in OPTIONAL:
        sql = (
            "SELECT count(*) FILTER (touched), avg(CAST({c} IS NULL AS INTEGER)) FILTER (touched),"
            " avg(CAST({c} IS NULL AS INTEGER)) FILTER (NOT touched)"
            " FROM (SELECT {c}, day IN (SELECT day FROM touched) AS touched FROM {t}"
            "  WHERE day >= (SELECT min(day) FROM touched) - {window}) HAVING count({c}) > 0"
        )
        rows = audit.rows(compose(sql, c=ident(column), t=_facts(audit), window=Sql(str(WINDOW_DAYS))))
        for count, now, before in rows:
            if count >= EXTRACT_ROWS and before is not None and now - before > NULL_POINTS:
                return {
                    "column": column.removesuffix("_centavos"),
                    "now": f"{100 * now:.0f}",
                    "before": f"{100 * before:.0f}",
                }
    return None


def gaps(audit: Audit) -> Found:
    """Days without any row between the first and the last."""
    missing = missing_days(audit)
    return {"count": len(missing), "days": ", ".join(missing[:10])} if missing else None


def missing_days(audit: Audit) -> list[str]:
    rows = audit.rows(
        compose(
            "SELECT day FROM {calendar} WHERE day BETWEEN (SELECT min(day) FROM {t}) AND (SELECT max(day) FROM {t})"
            " AND day NOT IN (SELECT DISTINCT day FROM {t}) ORDER BY day LIMIT 400",
            calendar=audit.table("calendar"),
            t=_facts(audit),
        )
    )
    return [row[0].isoformat() for row in rows]


def future(audit: Audit) -> Found:
    return _some(audit, compose("SELECT count(*) FROM {t} WHERE day > ?", t=_facts(audit)), clock.today())


def without_volume(audit: Audit) -> Found:
    """Rows that the metrics leave out: no amount or no transactions."""
    where = "amount_centavos = 0 OR quantity_transactions = 0"
    return _some(audit, compose("SELECT count(*) FROM {t} WHERE {where}", t=_facts(audit), where=Sql(where)))


def _some(audit: Audit, sql: Sql, *params: Any) -> Found:
    count = audit.row(sql, params)[0]
    return {"count": count} if count else None


def _touched_days(audit: Audit) -> list[tuple[Any, ...]]:
    """(day, rows, usual rows, amount, usual amount) of the days the load touched, where their weekday has a history."""
    if not audit.touched:
        return []
    sql = """
        WITH days AS (SELECT day, count(*) AS n, sum(amount_centavos) AS amount FROM {t} GROUP BY day),
        touched_days AS (SELECT d.* FROM days d JOIN touched USING (day) WHERE touched.rows >= {few}),
        before AS (SELECT * FROM days ANTI JOIN touched USING (day))
        SELECT d.day, d.n, median(b.n), CAST(d.amount AS DOUBLE), CAST(median(b.amount) AS DOUBLE)
        FROM touched_days d JOIN before b
          ON b.day < d.day AND b.day >= d.day - {window} AND isodow(b.day) = isodow(d.day)
        GROUP BY d.day, d.n, d.amount HAVING count(*) >= {history} AND median(b.n) >= {few} ORDER BY d.day
    """
    few, window, history = (Sql(str(n)) for n in (EXTRACT_ROWS, WINDOW_DAYS, HISTORY))
    return audit.rows(compose(sql, t=_facts(audit), few=few, window=window, history=history))


CHECKS = (
    Check("empty", _("There are rows"), _("The new version would be empty."), empty),
    Check(
        "sums", _("Sums equal what was read"), _("%(rows)s rows would be published, but %(landing)s were read."), sums
    ),
    Check("nulls", _("No required value is missing"), _("%(count)s rows lack a required value."), nulls),
    Check("negatives", _("Nothing is negative"), _("%(count)s rows have a negative value."), negatives),
    Check("grain", _("One row per day and segment"), _("%(count)s segments of a day come more than once."), grain),
    Check(
        "merchant_twice",
        _("With or without merchants, not both"),
        _("%(day)s has rows by merchant and rows without merchant, so it would count twice. Replace the whole day."),
        merchant_twice,
        may_pass=True,
    ),
    Check(
        "version_rows",
        _("The version keeps its rows"),
        _("Only %(rows)s of %(before)s rows would remain."),
        version_rows,
        may_pass=True,
    ),
    Check(
        "day_rows",
        _("Each day has its usual rows"),
        _("%(day)s has %(rows)s rows where %(usual)s are usual; the file looks cut off."),
        day_rows,
        may_pass=True,
    ),
    Check(
        "day_amount",
        _("Each day has a believable amount"),
        _("%(day)s has %(times)s times its usual amount; the file may be in another unit."),
        day_amount,
        may_pass=True,
    ),
    Check(
        "optional_nulls",
        _("Columns stay filled"),
        _("%(column)s is empty in %(now)s %% of the new rows; before it was empty in %(before)s %%."),
        optional_nulls,
        may_pass=True,
    ),
    Check("gaps", _("No day is missing"), _("%(count)s days have no rows: %(days)s."), gaps, hard=False),
    Check("future", _("No day lies ahead"), _("%(count)s rows are dated after today."), future, hard=False),
    Check(
        "without_volume",
        _("Every row has volume"),
        _("%(count)s rows have no amount or no transactions and are left out of the figures."),
        without_volume,
        hard=False,
    ),
)
RELAXED_BY_REPLACING = ("version_rows", "day_rows")

"""Computed sentences about payments: each with its figure, its receipt and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farol.areas.payments.metrics import PAYMENTS, SEGMENT
from farol.core import formats
from farol.core.errors import FarolError
from farol.engines.metrics import Period, Query, Result
from farol.engines.metrics.doors import run_many
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import DayKind, default

WEEKS, DAYS = 8, 28
BASICS = ("tpv", "transactions", "average_ticket")
_ORDINARY = (DayKind.BUSINESS, DayKind.SATURDAY, DayKind.SUNDAY)


@dataclass(frozen=True)
class Insight:
    """`topic` is a stable slug, `receipt` the code that opens the figures behind `text`."""

    topic: str
    title: str
    text: str
    action: str
    receipt: str


@dataclass(frozen=True)
class Material:
    """The answers the sentences are made of: the last `DAYS` days, the `DAYS` before them, and the days of `WEEKS`."""

    now: Mapping[str, Result]
    before: Mapping[str, Result]
    days: Result


def insights(day: dt.date, principal: Principal, where: Mapping[str, Sequence[Any]] | None = None) -> list[Insight]:
    """What the weeks up to `day` say, in the active language; a topic without enough data is left out.

    `NotAllowed` without the right to the figures, `Unavailable` while nothing was published.
    """
    material = _ask(day, principal, where or {})
    found = (say(material) for say in _TOPICS)
    return [insight for insight in found if insight]


def _ask(day: dt.date, principal: Principal, where: Mapping[str, Sequence[Any]]) -> Material:
    now = Period(day - dt.timedelta(days=DAYS - 1), day)
    before = Period(now.start - dt.timedelta(days=DAYS), now.start - dt.timedelta(days=1))
    weeks = Period(day - dt.timedelta(days=7 * WEEKS - 1), day)
    asked = {
        "product": (BASICS, ("product",)),
        "payment_method": (BASICS, ("payment_method",)),
        "installments": (BASICS, ("installments",)),
        "price_tier": (BASICS, ("price_tier",)),
        "segment": (BASICS, SEGMENT),
        "whole": (("tpv", "tpv_ex_top"), ()),
    }
    queries = [Query(PAYMENTS, *parts, where, period) for period in (now, before) for parts in asked.values()]
    answers = run_many([*queries, Query(PAYMENTS, BASICS, ("day",), where, weeks)], principal)
    good = [_answered(answer) for answer in answers]
    names = list(asked)
    return Material(dict(zip(names, good, strict=False)), dict(zip(names, good[len(names) :], strict=False)), good[-1])


def _answered(answer: Result | FarolError) -> Result:
    if isinstance(answer, FarolError):
        raise answer
    return answer


def _weekday(material: Material) -> Insight | None:
    calendar = default()
    values: dict[int, list[Decimal]] = {}
    for row in material.days.rows:
        if row["tpv"] and calendar.day(row["day"]).kind in _ORDINARY:
            values.setdefault(row["day"].weekday(), []).append(row["tpv"])
    means = {weekday: sum(seen, Decimal(0)) / len(seen) for weekday, seen in values.items() if len(seen) > 1}
    if len(means) < 7:
        return None
    best, worst = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    parts = {
        "weeks": WEEKS,
        "best": _weekday_name(best),
        "worst": _weekday_name(worst),
        "high": formats.compact_brl(means[best]),
        "low": formats.compact_brl(means[worst]),
        "times": formats.number(means[best] / means[worst], 1),
    }
    return Insight(
        "weekday",
        _("Weekday"),
        _(
            "In the last %(weeks)d weeks the average TPV went from %(low)s (%(worst)s) to %(high)s (%(best)s), "
            "%(times)s times as much. Holidays and Carnival are left out."
        )
        % parts,
        _("Compare with the same weekday, set goals by weekday, and hold campaigns on %(worst)s.") % parts,
        material.days.receipt,
    )


def _product(material: Material) -> Insight | None:
    rows = _ranked(material.now["product"])
    if len(rows) < 2:
        return None
    before = _by_key(material.before["product"], "product")
    moved = max(rows, key=lambda row: abs((row["tpv"] or 0) - (before.get(row["product"]) or 0)))
    top, total = rows[:3], _total(rows)
    parts = {
        "names": listed([_name("product", row["product"]) for row in top]),
        "share": formats.percent(sum(row["tpv"] for row in top) * 100 / total),
        "moved": _name("product", moved["product"]),
        "change": _change_words(moved["tpv"], before.get(moved["product"])),
        "first": _name("product", rows[0]["product"]),
    }
    text = _("%(names)s bring %(share)s of the TPV of 28 days.") % parts
    if before:
        text += " " + _("%(moved)s moved most against the 28 days before: %(change)s.") % parts
    action = _("Improve conversion where the volume is, beginning with %(first)s, on the days of lower demand.") % parts
    return Insight("product", _("Product"), text, action, material.now["product"].receipt)


def _method(material: Material) -> Insight | None:
    rows = [row for row in _ranked(material.now["payment_method"]) if row["transactions"]]
    if len(rows) < 2:
        return None
    dear, often = max(rows, key=lambda r: r["average_ticket"]), max(rows, key=lambda r: r["transactions"])
    cheap = min(rows, key=lambda r: r["average_ticket"])
    volume = sum(row["transactions"] for row in rows)
    parts = {
        "dear": _name("payment_method", dear["payment_method"]),
        "high": formats.brl(dear["average_ticket"]),
        "cheap": _name("payment_method", cheap["payment_method"]),
        "low": formats.brl(cheap["average_ticket"]),
        "often": _name("payment_method", often["payment_method"]),
        "share": formats.percent(Decimal(often["transactions"] * 100) / volume),
    }
    return Insight(
        "payment_method",
        _("Payment method"),
        _(
            "%(dear)s holds the ticket (%(high)s against %(low)s of %(cheap)s); %(often)s brings %(share)s of the "
            "transactions."
        )
        % parts,
        _("Use installments and anticipation to lift the ticket of %(dear)s, and repeat purchases with %(often)s.")
        % parts,
        material.now["payment_method"].receipt,
    )


def _installments(material: Material) -> Insight | None:
    rows = material.now["installments"].rows
    single, several = ([r for r in rows if (r["installments"] > 1) is many] for many in (False, True))
    one, more = _sums(single), _sums(several)
    if not (one[1] and more[1]):
        return None
    total = one[0] + more[0]
    parts = {
        "share": formats.percent(more[0] * 100 / total),
        "volume": formats.percent(Decimal(more[1] * 100) / (one[1] + more[1])),
        "ticket": formats.brl(more[0] / more[1]),
        "single": formats.brl(one[0] / one[1]),
        "times": formats.number((more[0] / more[1]) / (one[0] / one[1]), 1),
    }
    return Insight(
        "installments",
        _("Installments"),
        _(
            "Sales in installments are %(share)s of TPV with %(volume)s of the transactions: their ticket is "
            "%(ticket)s, %(times)s times that of a single payment (%(single)s)."
        )
        % parts,
        _("Test limits and interest by category; watch take rate, margin and risk of what is paid in installments."),
        material.now["installments"].receipt,
    )


def _tier(material: Material) -> Insight | None:
    rows = [row for row in _ranked(material.now["price_tier"]) if row["transactions"]]
    if len(rows) < 2:
        return None
    high, low = max(rows, key=lambda r: r["average_ticket"]), min(rows, key=lambda r: r["average_ticket"])
    parts = {
        "first": _name("price_tier", rows[0]["price_tier"]),
        "share": formats.percent(rows[0]["tpv"] * 100 / _total(rows)),
        "high_tier": _name("price_tier", high["price_tier"]),
        "high": formats.brl(high["average_ticket"]),
        "low_tier": _name("price_tier", low["price_tier"]),
        "low": formats.brl(low["average_ticket"]),
    }
    text = _(
        "The tier %(first)s holds %(share)s of TPV. "
        "The ticket goes from %(low)s (%(low_tier)s) to %(high)s (%(high_tier)s)."
    )
    action = _("Give benefits to tiers of high value and low risk, and review those whose margin does not close.")
    return Insight("price_tier", _("Price tier"), text % parts, action, material.now["price_tier"].receipt)


def _concentration(material: Material) -> Insight | None:
    rows, whole = _ranked(material.now["segment"]), material.now["whole"].rows
    if len(rows) < 2 or not whole[0]["tpv"]:
        return None
    first, before = rows[0], material.before["whole"].rows[0]
    parts = {
        "segment": segment_name({name: first[name] for name in SEGMENT}),
        "share": formats.percent(first["tpv"] * 100 / whole[0]["tpv"]),
        "rest": _change_words(whole[0]["tpv_ex_top"], before["tpv_ex_top"]),
        "all": _change_words(whole[0]["tpv"], before["tpv"]),
    }
    text = _("The largest segment, %(segment)s, brings %(share)s of TPV.") % parts
    if before["tpv"]:
        text += " " + _("Against the 28 days before TPV %(all)s; without the largest segment it %(rest)s.") % parts
    action = _("Follow TPV without the largest segment and set a goal for its share.")
    return Insight("concentration", _("Concentration"), text, action, material.now["segment"].receipt)


_TOPICS: tuple[Callable[[Material], Insight | None], ...] = (
    _weekday,
    _product,
    _method,
    _installments,
    _tier,
    _concentration,
)


def segment_name(segment: Mapping[str, Any]) -> str:
    """`PJ · POS · Crédito`: a segment's values as people read them, in the order given."""
    return " · ".join(_name(name, value) for name, value in segment.items())


def _name(dimension: str, value: Any) -> str:
    labels = PAYMENTS.dimension(dimension).values
    if value in labels:
        return str(labels[value])
    if dimension == "installments":
        return f"{value}x"
    return str(value) if value not in (None, "") else _("(empty)")


def _weekday_name(weekday: int) -> str:
    monday = dt.date(2024, 1, 1)
    return formats.weekday(monday + dt.timedelta(days=weekday), get_language())


def _ranked(result: Result) -> list[dict[str, Any]]:
    rows = [row for row in result.rows if row["tpv"]]
    return sorted(rows, key=lambda row: (-row["tpv"], *(str(row[d.name]) for d in result.query.by)))


def _by_key(result: Result, name: str) -> dict[Any, Decimal]:
    return {row[name]: row["tpv"] for row in result.rows}


def _total(rows: Sequence[Mapping[str, Any]]) -> Decimal:
    return sum((row["tpv"] for row in rows), Decimal(0))


def _sums(rows: Sequence[Mapping[str, Any]]) -> tuple[Decimal, int]:
    return _total([row for row in rows if row["tpv"]]), sum(row["transactions"] or 0 for row in rows)


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]} if names[1:] else names[0]


def _change_words(now: Decimal | None, before: Decimal | None) -> str:
    """`rose 3,2 %`, `fell 3,2 %`, `stayed the same`, or that there is no base."""
    if not before or now is None:
        return _("had no base to compare with")
    pct = (now - before) * 100 / before
    if abs(pct) < Decimal("0.05"):
        return _("stayed the same")
    return (_("rose %(pct)s") if pct > 0 else _("fell %(pct)s")) % {"pct": formats.percent(abs(pct))}

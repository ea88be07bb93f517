"""What the commercial cards make of given answers: ranks with a small sample, marks, growth, bottlenecks, velocity."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from farol.areas.crm.boards.pace import score, velocity
from farol.areas.crm.dashboard import CRM_BOARD
from farol.engines.dashboards.cards import MarkLine
from farol.engines.dashboards.cards.months import growth
from farol.engines.dashboards.scope import Scope, Span
from farol.engines.metrics import Period
from farol.platform.accounts.principal import OPERATOR

PERIOD = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
SPAN = Span(dt.date(2026, 1, 1), PERIOD.end)


def scope(**more) -> Scope:
    return Scope(CRM_BOARD, OPERATOR, SPAN, "pt-br", "custom", PERIOD, "m1", **more)


def answered(*rows):
    return SimpleNamespace(rows=list(rows), receipt="RC-1")


def seller(name: str, won: int, lost: int, revenue: int = 1000) -> dict:
    closed = won + lost
    figures = {
        "revenue": Decimal(revenue),
        "won": won,
        "deals": closed,
        "average_ticket": None,
        "cycle_days_mean": None,
    }
    return {"responsible": name, "win_rate": Decimal(won * 100) / closed, **figures}


def ranking(order: str):
    card = CRM_BOARD.cards["ranking"]
    rows = [seller("nine", 9, 0, 5000), seller("ten", 5, 5, 3000), seller("many", 20, 60, 1000)]
    seen = scope(choices={"ranking.order": order}).on("deals")
    return card.draw(seen, {"deals": answered(*rows), "activities": answered()})


def test_nobody_is_ranked_by_a_rate_under_ten_closed_deals():
    drawn = ranking("win_rate")
    assert [row[:2] for row in drawn.table.rows] == [["ten", 1], ["many", 2], ["nine", None]]
    assert drawn.table.faint == {2}
    assert drawn.note


def test_by_an_amount_a_small_sample_is_ranked_and_still_greyed_with_its_interval():
    drawn = ranking("revenue")
    assert [row[:2] for row in drawn.table.rows] == [["nine", 1], ["ten", 2], ["many", 3]]
    assert drawn.table.faint == {0}
    names = [column.name for column in drawn.table.columns]
    intervals = [row[names.index("win_rate_interval")] for row in drawn.table.rows]
    assert all(" – " in text for text in intervals)
    assert intervals[0].endswith("100,0\xa0%")


def test_reasons_are_added_up_from_the_largest():
    card = CRM_BOARD.cards["losses"]
    rows = [{"loss_reason": "Preço", "lost": 60}, {"loss_reason": "Prazo", "lost": 25}, {"loss_reason": "", "lost": 15}]
    drawn = card.draw(scope().on("deals"), {"now": answered(*rows)})
    assert [row[-1] for row in drawn.table.rows] == [60, 85, 100]
    assert "2" in drawn.note


@pytest.mark.parametrize(
    ("mark", "value", "kept"),
    [
        (MarkLine("mean", "lt", Decimal(2)), Decimal("1.99"), True),
        (MarkLine("mean", "lt", Decimal(2)), Decimal(2), False),
        (MarkLine("value", "gt", Decimal(80)), Decimal("80.1"), True),
        (MarkLine("value", "gt", Decimal(80)), None, None),
    ],
)
def test_a_mark_is_kept_or_not_or_unknown(mark, value, kept):
    assert mark.kept(value) is kept


def test_growth_is_against_something():
    assert growth(150, 100) == 50
    assert growth(150, 0) is None
    assert growth(None, 100) is None


def test_a_bottleneck_is_time_times_volume_times_loss():
    assert score({"hours_in_stage_median": Decimal(10), "entered": 20, "abandonment": Decimal(50)}) == 100
    assert score({"hours_in_stage_median": None, "entered": 20, "abandonment": Decimal(50)}) is None


def test_velocity_is_revenue_a_day():
    assert velocity(100, Decimal(25), Decimal(8000), Decimal(20)) == 10_000
    assert velocity(100, Decimal(25), Decimal(8000), Decimal(0)) is None
    assert velocity(100, None, Decimal(8000), Decimal(20)) is None


def test_a_card_sees_its_own_model_under_the_filters_of_the_board():
    whole = scope(where={"channel": ("paid",)})
    question = whole.on("deals").query(["won"])
    assert question.semantic_model.name == "deals"
    assert question.where == {"channel": ("paid",)}
    assert whole.on("deals").on("leads") == whole
    assert not whole.on("pipeline").ignored

"""The kinds of card. An area declares them; what each shows is worked out from the answers of the metrics layer."""

from __future__ import annotations

from farol.engines.dashboards.cards.breakdown import BreakdownCard, HeatCard, SharesCard
from farol.engines.dashboards.cards.concentration import ConcentrationCard
from farol.engines.dashboards.cards.days import DaysCard, MixCard, WeekdayCard
from farol.engines.dashboards.cards.figures import GrowthCard, KpiCard, MissingCard
from farol.engines.dashboards.cards.funnel import FunnelCard
from farol.engines.dashboards.cards.goal import Goal, GoalCard
from farol.engines.dashboards.cards.insights import InsightsCard
from farol.engines.dashboards.cards.months import MonthsCard
from farol.engines.dashboards.cards.moved import MovedCard
from farol.engines.dashboards.cards.pareto import ParetoCard
from farol.engines.dashboards.cards.provided import ProvidedCard
from farol.engines.dashboards.cards.rank import RankCard, Rate
from farol.engines.dashboards.cards.times import MarkLine, TimesCard

__all__ = [
    "BreakdownCard",
    "ConcentrationCard",
    "DaysCard",
    "FunnelCard",
    "Goal",
    "GoalCard",
    "GrowthCard",
    "HeatCard",
    "InsightsCard",
    "KpiCard",
    "MarkLine",
    "MissingCard",
    "MixCard",
    "MonthsCard",
    "MovedCard",
    "ParetoCard",
    "ProvidedCard",
    "RankCard",
    "Rate",
    "SharesCard",
    "TimesCard",
    "WeekdayCard",
]

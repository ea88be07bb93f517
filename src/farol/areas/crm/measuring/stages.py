"""Stays of leads in a stage, by the day they entered it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.measuring.common import model, times
from farol.engines.metrics.formulas import Ratio, Sum
from farol.engines.metrics.model import Direction, Measure, Unit

OPEN_STAGE = "is_final = 0"
ENTERED, ENTERED_OPEN = Sum("entered"), Sum("entered", where=OPEN_STAGE)
LOST_HERE = Sum("lost_here")

MEASURES = (
    Measure("entered", _("Entered"), _("Entries into the stage. Clock: entry into the stage."), Unit.COUNT, ENTERED),
    Measure(
        "still_there",
        _("Still there"),
        _("Of those that entered in the period, leads still in the stage. Clock: entry into the stage."),
        Unit.COUNT,
        Sum("is_current", where=OPEN_STAGE),
        Direction.NEUTRAL,
    ),
    Measure(
        "moved_on",
        _("Moved on"),
        _(
            "Of those that entered in the period, leads that left the stage without being lost there."
            " Clock: entry into the stage."
        ),
        Unit.COUNT,
        Sum("entered", where="is_current = 0 AND lost_here = 0 AND is_final = 0"),
    ),
    Measure(
        "lost",
        _("Lost from here"),
        _("Of those that entered in the period, leads lost from this stage. Clock: entry into the stage."),
        Unit.COUNT,
        LOST_HERE,
        Direction.DOWN,
    ),
    Measure(
        "stage_conversion",
        _("Stage conversion"),
        _(
            "Leads that went from the stage to a later one or were won, in percent of those that entered it in the"
            " period. Clock: entry into the stage."
        ),
        Unit.PERCENT,
        Ratio(Sum("advanced"), ENTERED_OPEN, 100),
    ),
    Measure(
        "overall_conversion",
        _("Conversion to won"),
        _("Leads won by now, in percent of those that entered the stage in the period. Clock: entry into the stage."),
        Unit.PERCENT,
        Ratio(Sum("won_later", where=OPEN_STAGE), ENTERED_OPEN, 100),
    ),
    Measure(
        "abandonment",
        _("Abandonment"),
        _("Leads lost from the stage, in percent of those that entered it in the period. Clock: entry into the stage."),
        Unit.PERCENT,
        Ratio(LOST_HERE, ENTERED_OPEN, 100),
        Direction.DOWN,
    ),
    *times(
        "hours_in_stage",
        (_("Time in stage (mean, h)"), _("Time in stage (median, h)"), _("Time in stage (p90, h)")),
        (
            _(
                "Hours in the stage, mean; who is still there counts up to the end of the data. Final stages are left"
                " out. Clock: entry into the stage."
            ),
            _(
                "Hours in the stage that half of the stays took; who is still there counts up to the end of the data."
                " Final stages are left out. Clock: entry into the stage."
            ),
            _(
                "Hours in the stage that 90 % of the stays took; who is still there counts up to the end of the data."
                " Final stages are left out. Clock: entry into the stage."
            ),
        ),
        Sum("seconds", where=OPEN_STAGE),
        ENTERED_OPEN,
        3600,
    ),
)

STAGES = model(
    "stages",
    _("Stages"),
    "stage_interval",
    "entered_day",
    MEASURES,
    labels={
        "interval": _("Stay number"),
        "stage_id": _("Stage's number"),
        "entered_at": _("Entered at"),
        "left_at": _("Left at"),
        "left_day": _("Left on"),
        "seconds": _("Time in stage (seconds)"),
        "is_first": _("First stage"),
        "is_final": _("Final stage"),
        "is_current": _("Still there"),
        "advanced": _("Went forward"),
        "regressed": _("Went back"),
        "lateral": _("To another pipeline"),
        "lost_here": _("Lost from here"),
        "won_later": _("Won later"),
        "lost_later": _("Lost later"),
        "next_stage": _("Next stage"),
        "entered": _("Entered"),
    },
)

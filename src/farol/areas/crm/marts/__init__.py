"""The published tables of the area, rebuilt whole from the stage tables at each publication."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.marts.build import build
from farol.areas.crm.marts.clock import complete_until
from farol.areas.crm.marts.tables import TABLES
from farol.areas.crm.quality.checks import CHECKS
from farol.areas.crm.quality.history import keep_results
from farol.areas.crm.stage import STAGE
from farol.areas.crm.views import crm_views
from farol.engines.warehouse import Dataset

DATASETS = [
    Dataset(
        "crm",
        _("Commercial"),
        TABLES,
        build,
        checks=CHECKS,
        day="created_day",
        stage=STAGE,
        spans=(
            ("lead", "created_day"),
            ("deal", "closed_day"),
            ("activity", "activity_day"),
            ("stage_interval", "entered_day"),
        ),
        complete=complete_until,
        told=keep_results,
        views=crm_views,
    )
]

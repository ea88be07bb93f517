"""The forecast of the month on the command line."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.forecasting.answer import run
from farol.engines.forecast.forecaster import Forecaster

FORECASTERS = [Forecaster("crm", _("Revenue, wins and leads at the end of the month."), run)]

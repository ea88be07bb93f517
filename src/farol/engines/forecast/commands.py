"""`farol forecast …`: of any series in a file, and of what rooms offer."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _
from tqdm import tqdm

from farol.core.errors import Refused
from farol.engines.forecast.days import forecast_days
from farol.engines.forecast.forecaster import Forecaster, forecasters
from farol.engines.forecast.series import LEAST, Point, forecast
from farol.engines.forecast.table import DAYS, Series, read
from farol.platform.accounts.operator import acting
from farol.platform.calendar import default

FORMAT = click.option("--format", "_form", type=click.Choice(["json"]), default="json", help="json")


class ForecastGroup(click.Group):
    """Subcommands from `forecast.FORECASTERS` beside its own, collected when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *forecasters()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = forecasters().get(cmd_name)
        return _command(found) if found else super().get_command(ctx, cmd_name)


@click.group("forecast", cls=ForecastGroup)
def group() -> None:
    """Forecasts."""


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--horizon", type=click.IntRange(1, 1000), required=True, help="How many periods ahead.")
@click.option("--season", type=click.IntRange(1, 366), help="Periods after which the series repeats itself.")
@FORMAT
def series(file: Path, horizon: int, season: int | None, _form: str) -> None:
    """Forecast every series of a CSV file with the columns series,period,value (80 % range)."""
    found = read(file)
    if season is None and any(one.step.season is None for one in found):
        raise click.UsageError("Periods that are plain numbers need --season.")
    shown = tqdm(found, desc="forecast", file=sys.stderr, disable=not sys.stderr.isatty())
    rows = [row for one in shown for row in _rows(one, horizon, season)]
    click.echo(json.dumps({"rows": rows}, ensure_ascii=False))


def _rows(one: Series, horizon: int, season: int | None) -> list[dict[str, Any]]:
    if len(one.values) < LEAST:
        few = {"series": one.name[:40], "least": LEAST}
        raise Refused(_("Series “%(series)s” has fewer than %(least)d values.") % few)
    if one.next + horizon - 1 > one.step.last:
        raise Refused(_("Series “%(series)s” would go on beyond the year 9999.") % {"series": one.name[:40]})
    points = _points(one, horizon, season)
    return [
        {"series": one.name, "period": one.step.text(one.next + i), **vars(point)} for i, point in enumerate(points)
    ]


def _points(one: Series, horizon: int, season: int | None) -> list[Point]:
    season = season or one.step.season or 1
    if one.step is not DAYS:
        return forecast(one.values, season, horizon)
    history = {dt.date.fromordinal(one.first + i): value for i, value in enumerate(one.values)}
    return list(forecast_days(history, horizon, default(), season=season).values())


def _command(found: Forecaster) -> click.Command:
    @click.command(found.name, help=str(found.label))
    @click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="What was known at the end of this day.")
    @click.option("--as", "email", metavar="EMAIL", help="Act as this person.")
    @FORMAT
    def command(as_of: dt.datetime | None, email: str | None, _form: str) -> None:
        answer = found.run(as_of.date() if as_of else None, acting(email))
        click.echo(json.dumps(answer, ensure_ascii=False))

    return command


COMMANDS = [group]

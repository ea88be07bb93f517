"""`farol goal …`."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal, InvalidOperation

import click

from farol.areas.payments.goals import set_goal
from farol.areas.payments.models import MonthGoal
from farol.core.errors import BadInput
from farol.core.money import parse
from farol.platform.accounts.operator import acting


@click.group()
def goal() -> None:
    """Monthly goals."""


@goal.command("set")
@click.argument("area", type=click.Choice(["payments"]))
@click.option("--month", required=True, help="AAAA-MM")
@click.option("--tpv", default=None, help="TPV of the month in reais, such as 900000000,00")
@click.option("--largest-share", default=None, help="The most, in percent of TPV, that one segment should carry.")
@click.option("--as", "email", default=None, help="Act with the rights of this person.")
def set_(area: str, month: str, tpv: str | None, largest_share: str | None, email: str | None) -> None:
    """Set or replace the goal of a month."""
    amount = None if tpv is None else parse(tpv)
    found = set_goal(_month(month), amount, _percent(largest_share), acting(email))
    click.echo(json.dumps(_row(found)))


@goal.command("list")
@click.argument("area", type=click.Choice(["payments"]))
def list_(area: str) -> None:
    """Every goal, newest month first."""
    click.echo(json.dumps([_row(found) for found in MonthGoal.objects.all()]))


def _row(found: MonthGoal) -> dict[str, str | float | None]:
    share = found.largest_share
    return {
        "month": f"{found.month:%Y-%m}",
        "tpv": None if found.tpv is None else str(found.tpv),
        "largest_share": None if share is None else float(share),
    }


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput("month", f"'{text[:20]}' is not a month such as 2026-11") from error


def _percent(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise BadInput("largest-share", f"'{text}' is not a number in percent") from error


COMMANDS = [goal]

"""`farol alerts …`"""

from __future__ import annotations

import datetime as dt
import json

import click

from farol.engines.alerts import output
from farol.engines.alerts.cases import record
from farol.engines.alerts.detection import JUDGES, detect, watching
from farol.engines.alerts.findings import Alert, Status
from farol.engines.alerts.judgement import Detection
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.rules import AreaRules
from farol.platform.accounts.operator import acting


@click.group()
def alerts() -> None:
    """What left its expected range."""


@alerts.command("run")
@click.option("--area", required=True, help="Area to judge, such as payments.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day to judge.")
@click.option("--rule", type=click.Choice(list(JUDGES)), default="expected", show_default=True)
@click.option("--format", "form", type=click.Choice(["json", "table"]), default="table", show_default=True)
@click.option("--as", "email", help="Act as this person instead of the local operator.")
def run_alerts(area: str, day: dt.datetime, rule: str, form: str, email: str | None) -> None:
    """Judge one day, open or continue the cases, and print the alerts. Running it again gives the same rows.

    What is no figure of a day (a goal at risk, checks) is looked at every morning only."""
    principal = acting(email)
    principal.require("alerts.view")
    found: list[Detection] = []
    cases: dict[Alert, AlertCase] = {}
    for rules in watching(area, rule):
        found.append(detect(rules, day.date(), principal, rule))
        cases |= record(rules, found[-1], rule if isinstance(rules, AreaRules) else "")
    alerts = tuple(sorted((a for d in found for a in d.alerts), key=lambda a: a.status is not Status.NEW))
    detection = Detection(day.date(), found[0].data_version, alerts, sum(d.checked for d in found))
    if form == "json":
        click.echo(json.dumps(output.as_json(detection, cases), ensure_ascii=False))
    else:
        click.echo(output.table(detection))


COMMANDS = [alerts]

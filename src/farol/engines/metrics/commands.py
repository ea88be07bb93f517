"""`farol query`, `farol explain`, `farol receipt`."""

from __future__ import annotations

import json
from typing import Any

import click

from farol.engines.metrics import ask, output, tables
from farol.engines.metrics.contribution import question
from farol.engines.metrics.doors import explain_query, run
from farol.engines.metrics.period import parse_period
from farol.engines.metrics.reopen import open_receipt
from farol.platform.accounts.operator import acting

FORMAT = click.option("--format", "form", type=click.Choice(["json", "csv", "table"]), default="table")
AS = click.option("--as", "email", metavar="EMAIL", help="Act as this person instead of the local operator.")
WHERE = click.option("--where", multiple=True, metavar="DIM=VALUE,…", help="Keep only these values; repeatable.")


@click.command()
@click.argument("model")
@click.option("--measures", required=True, metavar="A,B", help="Figures, such as tpv,transactions.")
@click.option("--by", default="", metavar="A,B", help="Group by dimensions, such as day,product.")
@WHERE
@click.option("--period", metavar="PERIOD", help="2025-02-14, 2025-02 or 2025-01-01..2025-02-28.")
@click.option("--compare", default="", metavar="A,B", help="d1, w1, m1, m30, y1, expected.")
@click.option("--order", default="", metavar="NAME:desc", help="Order by columns of the answer.")
@click.option("--limit", type=int, help="At most so many rows.")
@FORMAT
@AS
def query(model: str, form: str, email: str | None, **flags: Any) -> None:
    """Ask a model for figures. Without --period: the last complete day."""
    result = run(ask.query_of(model, **flags), acting(email))
    if form == "json":
        _print_json(output.as_json(result))
    else:
        click.echo(output.as_csv(result) if form == "csv" else tables.of_result(result), nl=form != "csv")


@click.command("explain")
@click.argument("model")
@click.option("--measure", default="tpv", show_default=True, metavar="NAME", help="The figure whose change to explain.")
@click.option("--date", "date", metavar="DAY", help="The day (or period); left out, the last complete day.")
@click.option("--against", default="w1", show_default=True, metavar="BASE", help="d1, w1, m1, m30 or y1.")
@click.option("--by", default="", metavar="A,B", help="Segments; left out, those that explain best.")
@WHERE
@FORMAT
@AS
def explain_command(
    model: str,
    measure: str,
    date: str | None,
    against: str,
    by: str,
    where: tuple[str, ...],
    form: str,
    email: str | None,
) -> None:
    """What moved a figure: each segment's part, with its volume effect and its ticket effect."""
    period = parse_period(date) if date else None
    asked = question(model, measure, period, against, ask.names(by), ask.conditions(where))
    found = explain_query(asked, acting(email))
    if form == "json":
        _print_json(output.explanation_as_json(found))
    else:
        text = output.explanation_as_csv(found) if form == "csv" else tables.of_explanation(found)
        click.echo(text, nl=form != "csv")


@click.command("receipt")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@AS
def receipt_command(code: str, as_json: bool, email: str | None) -> None:
    """What stands behind a figure, and the same figure run again."""
    opened = open_receipt(code, acting(email))
    if as_json:
        _print_json(opened.as_json())
    else:
        click.echo(tables.of_receipt(opened))


def _print_json(body: dict[str, Any]) -> None:
    click.echo(json.dumps(body, ensure_ascii=False))


COMMANDS = [query, explain_command, receipt_command]

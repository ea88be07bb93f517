"""`farol report …`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils import translation

from farol.core import clock
from farol.core.errors import BadInput
from farol.engines.reports.definition import Report, get_report, make
from farol.engines.reports.rendering import formats_of, render
from farol.engines.reports.sending import Sent, send
from farol.platform.accounts.operator import acting
from farol.platform.accounts.principal import Principal


@click.group()
def report() -> None:
    """Reports of the areas."""


def _cadence(name: str, names: str, about: str) -> None:
    @report.command(name, help=about)
    @click.option("--area", required=True, help="Such as payments or crm.")
    @click.option("--date", "day", default="", help="Day asked for, AAAA-MM-DD; yesterday if left out.")
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
    @click.option("--format", "names", default=names, show_default=True, help="Any of md, pdf, xlsx.")
    @click.option("--send", "sends", is_flag=True, help="Also send it to the configured recipients, once per day.")
    @click.option("--language", type=click.Choice(["pt-br", "en"]), default=None, help="pt-br unless given.")
    @click.option("--as", "email", default=None, help="Act with the rights of this person.")
    def command(
        area: str, day: str, out: Path | None, names: str, sends: bool, language: str | None, email: str | None
    ) -> None:
        definition, principal, asked = get_report(f"{area}.{name}"), acting(email), _day(day)
        answer: dict[str, Any] = {"report": definition.name, "asked": asked.isoformat()}
        if out or not sends:
            folder = out or Path(settings.FAROL_HOME) / "reports"
            answer |= _write(
                definition, asked, principal, language or settings.LANGUAGE_CODE, folder, formats_of(names)
            )
        if sends:
            principal.require("reports.send")
            answer["sent"] = _sent(send(definition, asked, principal))
        click.echo(json.dumps(answer, ensure_ascii=False))


_cadence("daily", "md,pdf", "Write the daily report of an area; says on stdout, in JSON, what was written and sent.")
_cadence(
    "weekly", "pdf,xlsx", "Write the report of the week that ends on a day; says on stdout what was written and sent."
)


def _day(text: str) -> dt.date:
    if not text:
        return clock.today() - dt.timedelta(days=1)
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("date", f"'{text[:20]}' is not a day such as 2025-02-28") from error


def _write(
    definition: Report, asked: dt.date, principal: Principal, language: str, folder: Path, names: list[str]
) -> dict[str, Any]:
    document = make(definition, asked, principal, language)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in names:
        path = folder / f"{document.stem}.{name}"
        path.write_bytes(render(document, name))
        files.append(str(path))
    with translation.override(language):
        if document.notice:
            click.echo(document.notice, err=True)
    return {"day": document.day.isoformat(), "data_version": document.origin.data_version, "files": files}


def _sent(sent: Sent) -> dict[str, Any]:
    if not (sent.new or sent.before or sent.left_out):
        click.echo("Nothing sent: set FAROL_SMTP_HOST and FAROL_REPORT_RECIPIENTS, or FAROL_SLACK_WEBHOOK.", err=True)
    for recipient, reason in sent.left_out:
        click.echo(f"Left out {recipient}: {reason}", err=True)
    return {"queued": len(sent.new), "already": sent.before, "left_out": len(sent.left_out)}


COMMANDS = [report]

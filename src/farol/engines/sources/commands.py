"""`farol load …`, one subcommand for each thing a room can load; `farol sync` and `farol sources`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from farol.core import clock
from farol.core.errors import BadInput, Refused
from farol.core.money import from_centavos
from farol.engines.sources.loader import STEPS, FileToLoad, Loader, LoadRequest, RowsRejected, all_loaders
from farol.engines.sources.models import SourceDay
from farol.engines.sources.queries import panels
from farol.engines.sources.runs import new_run, perform
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import start, sync
from farol.engines.sources.syncing import interrupted
from farol.engines.warehouse import find_dataset
from farol.platform.accounts.operator import acting


class LoadGroup(click.Group):
    """Subcommands from `load.LOADERS`, collected when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [loader.name for loader in all_loaders()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        loader = next((found for found in all_loaders() if found.name == cmd_name), None)
        return _command(loader) if loader else None


OPTIONS = ("delimiter", "encoding", "decimal", "date-format", "table")


@click.group("load", cls=LoadGroup)
def load() -> None:
    """Load data from files."""


def _command(loader: Loader) -> click.Command:
    @click.command(loader.name, help=str(loader.help))
    @click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
    @click.option("--replace-days", is_flag=True, help="Also delete what the files' days no longer have.")
    @click.option("--delimiter", help="Delimiter of the columns; found by itself.")
    @click.option("--encoding", help="Encoding of the text; found by itself.")
    @click.option("--decimal", help="Decimal mark, , or .; found by itself.")
    @click.option("--date-format", help="dd/mm/aaaa, mm/dd/aaaa or iso; found by itself.")
    @click.option("--from-postgres", metavar="URL", help="Read a table of a PostgreSQL database instead of files.")
    @click.option("--table", help="The table of --from-postgres.")
    @click.option("--accept", multiple=True, metavar="CHECK", help="Publish although this check does not hold.")
    @click.option("--as", "email", metavar="EMAIL", help="Act as this person.")
    def command(email: str | None, as_json: bool, **values: Any) -> None:
        extra = {name: values.pop(name) for name in own}
        _known_checks(loader.dataset, values["accept"])
        _load(loader, _request(extra, **values), email, as_json)

    own = [option.name for option in loader.options if option.name]
    command.params = [*loader.options, *command.params]
    return command


def _request(
    extra: dict[str, Any],
    files: tuple[Path, ...],
    from_postgres: str | None,
    table: str | None,
    accept: tuple[str, ...],
    **options: Any,
) -> LoadRequest:
    if not extra and bool(files) == bool(from_postgres):
        raise click.UsageError("Give files, or --from-postgres with --table.")
    if bool(from_postgres) != bool(table):
        raise click.UsageError("--from-postgres and --table belong together.")
    postgres = (from_postgres, table) if from_postgres and table else None
    read = tuple(FileToLoad(f, f.name) for f in files)
    return LoadRequest(read, accepted=accept, postgres=postgres, extra=extra, **options)


def _load(loader: Loader, request: LoadRequest, email: str | None, as_json: bool) -> None:
    run = new_run(loader, request, acting(email))
    bar = _Bar()
    try:
        outcome = perform(run, loader, request, bar)
    except RowsRejected as error:
        bar.close()
        if as_json:
            click.echo(json.dumps(error.outcome.to_json(str(run.pk))))
        click.echo(f"Refused rows: {error.outcome.rejects_file}", err=True)
        raise
    except BadInput as error:
        bar.close()
        if error.field in OPTIONS and error.code == BadInput.code:
            raise  # a wrong value on the command line
        raise Refused(error.detail, code=error.code) from error
    bar.close()
    if as_json:
        click.echo(json.dumps(outcome.to_json(str(run.pk))))
    else:
        click.echo(
            f"{outcome.rows_read} rows read: {outcome.rows_new} new, {outcome.rows_changed} changed, "
            f"{outcome.rows_unchanged} unchanged, {outcome.rows_deleted} deleted. Version {outcome.data_version}."
        )


def _known_checks(dataset: str, accepted: tuple[str, ...]) -> None:
    """Wrong usage where a check is named that nobody may let pass."""
    known = sorted(check.name for check in find_dataset(dataset).checks if check.may_pass)
    for name in accepted:
        if name not in known:
            raise click.BadParameter(f"“{name}” is none of {', '.join(known)}.", param_hint="--accept")


class _Bar:
    """Progress on stderr: one bar per step, with bytes where there are any."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._step:
            self.close()
            self._step, size = step, step == "scan"
            unit = "B" if size else "step"
            self._bar = tqdm(desc=str(STEPS[step]), total=total or 1, file=sys.stderr, unit=unit, unit_scale=size)
        if self._bar is not None:
            self._bar.total = total or 1  # of a fetch it grows, and each entity has its own
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@click.command("sync")
@click.argument("source")
@click.option("--full", is_flag=True, help="Fetch everything again, not only what changed.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Fetch again what changed since this day.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--accept", multiple=True, metavar="CHECK", help="Publish although this check does not hold.")
@click.option("--as", "email", metavar="EMAIL", help="Act as this person.")
def fetch(
    source: str, full: bool, since: dt.datetime | None, as_json: bool, accept: tuple[str, ...], email: str | None
) -> None:
    """Fetch a source and publish what is whole."""
    found, first = find_source(source), since.date() if since else None
    if first and first > clock.today():
        raise click.BadParameter("The day is in the future.", param_hint="--since")
    _known_checks(found.dataset, accept)
    run = start(found, acting(email), full=full, since=first, cause="command")
    bar = _Bar()
    try:
        outcome = sync(found, run, full=full, since=first, accepted=accept, progress=bar)
    except KeyboardInterrupt:
        raise interrupted() from None
    finally:
        bar.close()
    if as_json:
        click.echo(json.dumps(outcome.to_json()))
    else:
        click.echo(
            f"{outcome.status}: {outcome.rows_read} rows read, {outcome.rows_new} new, {outcome.rows_changed} changed, "
            f"{outcome.rows_deleted} deleted. Version {outcome.data_version}, complete until {outcome.complete_until}."
        )
    if outcome.error:
        click.echo(outcome.error["detail"], err=True)
        sys.exit(1)


@click.group("sources", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def sources(context: click.Context, as_json: bool) -> None:
    """How the systems that data is fetched from stand."""
    if context.invoked_subcommand:
        return
    rows = [panel.to_json() for panel in panels()]
    if as_json:
        click.echo(json.dumps({"sources": rows}))
    for row in [] if as_json else rows:
        click.echo(f"{row['source']}: {row['state']}, complete until {row['complete_until']}, {row['rows']} records")


@sources.command("test")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def test(source: str, as_json: bool) -> None:
    """Ask a source one harmless question."""
    text = find_source(source).test()
    click.echo(json.dumps({"source": source, "ok": True, "detail": text}) if as_json else text)


@sources.command("days")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def days(source: str, as_json: bool) -> None:
    """Records by day of creation, at the source and here."""
    found = find_source(source)
    fields = ("entity", "day", "state", "rows", "source_rows", "amount", "source_amount")
    kept = SourceDay.objects.filter(source=found.name, connection=found.connection).order_by("day", "entity")
    rows = [_day_json(row) for row in kept.values(*fields)]
    if as_json:
        click.echo(json.dumps({"source": source, "days": rows}))
    for row in [] if as_json else rows:
        click.echo(f"{row['day']} {row['entity']}: {row['state']}, {row['rows']} here, {row['source_rows']} there")


def _day_json(row: dict[str, Any]) -> dict[str, Any]:
    """Amounts as texts with two decimals."""
    amounts = {k: None if row[k] is None else f"{from_centavos(row[k]):.2f}" for k in ("amount", "source_amount")}
    return {**row, "day": row["day"].isoformat(), **amounts}


COMMANDS = [load, fetch, sources]

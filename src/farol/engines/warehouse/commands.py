"""`farol warehouse …`: published versions and going back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from farol.core import clock
from farol.engines.warehouse.build import sentence
from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.checking import recheck
from farol.engines.warehouse.dataset import Dataset, all_datasets, find_dataset
from farol.engines.warehouse.versions import current_version, rollback, versions
from farol.platform.accounts.operator import acting


@click.group("warehouse")
def warehouse() -> None:
    """Published versions of the data."""


@warehouse.command("versions")
@click.option("--dataset", "name", help="Only this dataset.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def versions_command(name: str | None, as_json: bool) -> None:
    """List the kept versions, newest first; the one that readers see has a star."""
    chosen = [find_dataset(name)] if name else list(all_datasets())
    found = [_described(dataset, version) for dataset in chosen for version in versions(dataset.name)]
    if as_json:
        click.echo(json.dumps({"versions": found}))
        return
    for entry in found:
        star = "*" if entry["current"] else " "
        rows = sum(count for table, count in entry["rows"].items() if table != "calendar")
        known = f"{rows} rows, complete until {entry['complete_until']}"
        click.echo(f"{star} {entry['dataset']} {entry['version']}  {entry['published_at']}  {known}")
        for note in entry["notes"]:
            click.echo(f"    {note}")


@warehouse.command("rollback")
@click.argument("dataset")
@click.argument("version", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--as", "email", metavar="EMAIL", help="Act as this person.")
def rollback_command(dataset: str, version: str | None, as_json: bool, email: str | None) -> None:
    """Let readers see an earlier version (the one before the current if none is given)."""
    target = rollback(dataset, version, acting(email))
    if as_json:
        click.echo(json.dumps(_described(find_dataset(dataset), target)))
    else:
        click.echo(f"{dataset}: readers now see version {target.name}.")


def _described(dataset: Dataset, version: Version) -> dict[str, Any]:
    shown = current_version(dataset.name)
    return {
        "dataset": dataset.name,
        "version": version.name,
        "current": shown is not None and shown.number == version.number,
        "published_at": clock.local(version.published_at).isoformat(timespec="seconds"),
        "schema": version.schema,
        "rows": version.rows,
        "first_day": version.first_day.isoformat() if version.first_day else None,
        "last_day": version.last_day.isoformat() if version.last_day else None,
        "complete_until": version.complete_until.isoformat() if version.complete_until else None,
        "run": version.run,
        "checks": [{"check": f.check, "hard": f.hard, "params": f.params} for f in version.findings],
        "notes": [sentence(dataset, f) for f in version.findings],
    }


@click.command("check")
@click.argument("name", metavar="DATASET")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--as", "email", metavar="EMAIL", help="Act as this person.")
def check_command(name: str, as_json: bool, email: str | None) -> None:
    """Ask every check of the published data again; ends with 1 where a hard one does not hold."""
    checked = recheck(name, acting(email))
    until = checked.version.complete_until
    if as_json:
        entries = [{**asdict(o), "detail": o.sentence} for o in checked.outcomes]
        body = {
            "dataset": name,
            "data_version": checked.version.name,
            "complete_until": until.isoformat() if until else None,
            "passed": checked.passed,
            "checks": [{k: v for k, v in entry.items() if k != "sentence"} for entry in entries],
        }
        click.echo(json.dumps(body, ensure_ascii=False))
    else:
        for outcome in checked.outcomes:
            state = {True: "ok", False: "FAILED" if outcome.hard else "note", None: "left out"}[outcome.passed]
            click.echo(f"{state:8} {outcome.check:24} {outcome.sentence or outcome.label}")
            if outcome.remedy:
                click.echo(f"{'':33} {outcome.remedy}")
    if not checked.passed:
        raise click.exceptions.Exit(1)


COMMANDS = [warehouse, check_command]

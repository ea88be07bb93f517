"""`farol warehouse …`: published versions and going back."""

from __future__ import annotations

import json
from typing import Any

import click

from farol.core import clock
from farol.engines.warehouse.build import sentence
from farol.engines.warehouse.catalog import Version
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


COMMANDS = [warehouse]

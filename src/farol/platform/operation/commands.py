"""`farol doctor`, `farol backup`, `farol restore`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import gettext as _
from tqdm import tqdm

from farol.core.errors import Refused
from farol.platform import audit
from farol.platform.accounts.principal import OPERATOR
from farol.platform.operation.checks import Finding, Level
from farol.platform.operation.health import checks, examine, worst
from farol.platform.operation.restoring import refuse_while_running
from farol.platform.operation.restoring import restore as run_restore
from farol.platform.operation.saving import make_backup

MARKS = {Level.GREEN: "ok", Level.YELLOW: "look", Level.RED: "BAD"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON on stdout.")
def doctor(as_json: bool) -> None:
    """What is wrong, and how to mend it. Exit 1 if something is red."""
    found = {check.name: examine(check) for check in checks()}
    level = worst([finding for findings in found.values() for finding in findings])
    click.echo(_as_json(found, level) if as_json else _as_text(found))
    sys.exit(1 if level == Level.RED else 0)


def _as_json(found: dict[str, list[Finding]], level: Level) -> str:
    checks = {
        name: [{"level": f.level, "text": str(f.text), "remedy": str(f.remedy)} for f in findings]
        for name, findings in found.items()
    }
    return json.dumps({"level": level, "checks": checks}, ensure_ascii=False, indent=1)


def _as_text(found: dict[str, list[Finding]]) -> str:
    lines = []
    for name, findings in found.items():
        for finding in findings:
            lines.append(f"{MARKS[finding.level]:<5} {name:<12} {finding.text}")
            if finding.remedy:
                lines.append(f"{'':<18} → {finding.remedy}")
    return "\n".join(lines)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The new file (default: backups/ of the data folder).",
)
@click.option("--json", "as_json", is_flag=True, help="What was saved, as JSON on stdout.")
def backup(out: Path | None, as_json: bool) -> None:
    """Save everything but the keys into one verified file, while Farol runs."""
    with _bar("backup") as bar:
        path, manifest = make_backup(out, bar.update)
    audit.record(OPERATOR, "backup.made", target=path.name, params={"rows": sum(manifest.rows.values())})
    if as_json:
        click.echo(
            json.dumps(
                {
                    "file": str(path),
                    "bytes": path.stat().st_size,
                    "members": len(manifest.members),
                    "rows": manifest.rows,
                }
            )
        )
    click.echo(f"farol: {path} ({path.stat().st_size // 2**20} MB, {len(manifest.members)} files), verified", err=True)
    if manifest.warehouse != "duckdb":
        click.echo("farol: the warehouse is a server of its own: save it with its own tool as well", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="An empty folder that becomes a data folder."
)
@click.option("--yes", is_flag=True, help="Into this installation's own data folder; what is there is moved aside.")
def restore(file: Path, into: Path | None, yes: bool) -> None:
    """Put a backup back. Refuses a damaged, cut or foreign one before anything is touched."""
    if bool(into) == yes:
        raise click.UsageError("give either --into FOLDER or --yes")
    if into and into.exists() and any(p.name != "keys.json" for p in into.iterdir()):
        raise Refused(_("%(path)s is not empty.") % {"path": into})
    if yes:
        refuse_while_running()
    target = (into or settings.FAROL_HOME).resolve()
    with _bar("restore") as bar:
        manifest, aside = run_restore(file, target, bar.update)
    click.echo(f"farol: {sum(manifest.rows.values())} rows of {manifest.made_at} are back in {target}", err=True)
    if aside:
        click.echo(f"farol: what was there before is in {aside}", err=True)
    if not (target / "keys.json").exists():
        click.echo(f"farol: now copy keys.json into {target}", err=True)
    click.echo(
        "farol: run “farol init”; messages that were waiting are held in the outbox until you release them", err=True
    )


def _bar(label: str) -> tqdm:
    return tqdm(desc=label, unit="B", unit_scale=True, file=sys.stderr, disable=not sys.stderr.isatty())


COMMANDS = [doctor, backup, restore]

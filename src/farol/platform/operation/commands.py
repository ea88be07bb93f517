"""`farol doctor`, `farol backup`, `farol restore`."""

from __future__ import annotations

import json
import sys

import click
from django.utils.translation import override

from farol.platform.operation.checks import Finding, Level
from farol.platform.operation.health import checks, examine, worst

MARKS = {Level.GREEN: "ok", Level.YELLOW: "look", Level.RED: "BAD"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON on stdout.")
def doctor(as_json: bool) -> None:
    """What is wrong, and how to mend it. Exit 1 if something is red."""
    with override("en"):
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


COMMANDS = [doctor]

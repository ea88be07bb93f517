"""`farol handoffs`: effects that wait for a module."""

from __future__ import annotations

import json

import click
from django.db.models import Count

from farol.engines.workflow.models import PendingHandoff
from farol.handoffs.receivers import carry_out


@click.group("handoffs")
def handoffs() -> None:
    """Effects on modules that this installation does not have yet."""


@handoffs.command("list")
def waiting() -> None:
    """How many wait, by kind."""
    rows = PendingHandoff.objects.filter(done_at=None).order_by("kind").values("kind").annotate(count=Count("pk"))
    click.echo(json.dumps({row["kind"]: row["count"] for row in rows}))


@handoffs.command("carry-out")
def now() -> None:
    """Carry out those whose module is there; exit 1 if any was refused."""
    found = carry_out()
    for pending, sentence in found.refused:
        click.echo(f"{pending.record} {pending.kind}: {sentence}", err=True)
    click.echo(json.dumps({"done": found.done, "refused": len(found.refused)}))
    if found.refused:
        raise SystemExit(1)


COMMANDS = [handoffs]

"""`farol demo`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import Refused
from farol.demo import people
from farol.platform.apps import collect

LOCAL = {"127.0.0.1", "localhost", "::1"}


@click.command()
@click.option("--seed", default=7, show_default=True, help="Another seed is another world.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The world's today (default: today).")
@click.option("--port", type=int, help="Port that will be printed as the address.")
@click.pass_context
def demo(ctx: click.Context, seed: int, as_of: dt.datetime | None, port: int | None) -> None:
    """Prepare the demo world in the data folder and print address, people and passwords."""
    if urlsplit(settings.FAROL_PUBLIC_URL).hostname not in LOCAL:
        raise Refused(_("The demo has known passwords, so it runs on this machine only: FAROL_PUBLIC_URL."))
    ctx.invoke(cast(click.Group, ctx.find_root().command).commands["init"])
    build(seed, as_of.date() if as_of else clock.today(), settings.FAROL_HOME / "demo")
    _print(people.create(seed), seed, port or settings.FAROL_PORT)


def build(seed: int, as_of: dt.date, folder: Path) -> None:
    """Run every area's builders, unless this very world already stands."""
    folder.mkdir(exist_ok=True)
    marker = folder / "world.json"
    world = {"seed": seed, "as_of": as_of.isoformat()}
    if marker.exists() and json.loads(marker.read_text()) == world:
        return
    for builder in collect("demo", "BUILDERS"):
        builder(seed, as_of, folder)
    marker.write_text(json.dumps(world))


def _print(created: list[tuple[str, str, str]], seed: int, port: int) -> None:
    click.echo(f"\nFarol: http://127.0.0.1:{port}\n")
    for role, email, name in created:
        click.echo(f"  {email:<28} {name:<18} {role}")
    click.echo(f"\n  password of everybody: {people.password(seed)}\n")


COMMANDS = [demo]

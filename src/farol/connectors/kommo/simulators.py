"""`farol simulate kommo`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click
from django.conf import settings

from farol.connectors.kommo.simulator import Simulator, World, from_files, seeded
from farol.core import clock


@click.command("kommo")
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port, on this machine only.")
@click.option("--seed", type=int, help="Another seed has other leads (default: the demo's account, or 7).")
@click.option("--leads", type=click.IntRange(10), default=2000, show_default=True, help="How many leads.")
@click.option("--months", type=click.IntRange(1, 120), default=20, show_default=True, help="Over how many months.")
@click.option("--per-second", default=7, show_default=True, help="Requests a second that are allowed.")
@click.option(
    "--files", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Recorded answers instead."
)
def kommo(port: int, seed: int | None, leads: int, months: int, per_second: int, files: Path | None) -> None:
    """A made-up Kommo, API v4; its token is `simulador`."""
    if files:
        world = from_files(files)
    else:
        world = (prepared() if seed is None else None) or seeded(seed or 7, clock.now(), leads, months)
    simulator = Simulator(world, port=port, seed=seed or 7, per_second=per_second)
    click.echo(f"Kommo: FAROL_KOMMO_URL={simulator.url} FAROL_KOMMO_TOKEN={simulator.token}", err=True)
    simulator.serve()


def prepared() -> World | None:
    """The account that was prepared in the data folder (the demo's), so that it is the same one at every start."""
    file = settings.FAROL_HOME / "simulators" / "kommo.json"
    if not file.exists():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    return seeded(told["seed"], dt.datetime.fromisoformat(told["as_of"]), told["leads"], told["months"])


SIMULATORS = [kommo]

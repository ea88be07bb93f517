"""`farol simulate tiny`."""

from __future__ import annotations

from pathlib import Path

import click
from django.conf import settings

from farol.connectors.tiny.simulator import Faults, Simulator


@click.command("tiny")
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port, on this machine only.")
@click.option("--seed", default=7, show_default=True, help="Another seed has other products and chances.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="File of what is stored.")
@click.option("--per-minute", default=60, show_default=True, help="Allowance of calls; 0: a plan without API.")
@click.option("--cut", default=0.0, help="Share of writes that are stored and then not answered.")
@click.option("--late", default=0.0, help="Seconds by which searches may be late.")
def tiny(port: int, seed: int, journal: Path | None, per_minute: int, cut: float, late: float) -> None:
    """A made-up Tiny, API v2; its token is `simulador`."""
    journal = journal or settings.FAROL_HOME / "simulators" / "tiny.jsonl"
    simulator = Simulator(journal, port=port, seed=seed, per_minute=per_minute, faults=Faults(cut=cut, late=late))
    click.echo(f"Tiny: FAROL_TINY_URL={simulator.url} FAROL_TINY_TOKEN={simulator.token}", err=True)
    simulator.serve()


SIMULATORS = [tiny]

"""`farol simulate …`: made-up outside systems, which connectors offer as `SIMULATORS` in their `simulators.py`."""

from __future__ import annotations

import click

from farol.cli.children import follow_parent
from farol.platform.apps import collect


def simulate() -> click.Group:
    """The group with all that is offered."""

    @click.group("simulate")
    def group() -> None:
        """Run a made-up outside system, for the demo and for trying things out."""
        follow_parent()

    for command in collect("simulators", "SIMULATORS"):
        group.add_command(command)
    return group

"""`farol flows`: the tables that decide who may do what with a record."""

from __future__ import annotations

import click
from django.apps import apps

from farol.engines.workflow.drawing import page
from farol.engines.workflow.models import Record


@click.command("flows")
def flows() -> None:
    """Print every flow: its diagram and its table of actions, in Markdown."""
    found = {model.flow.name: model.flow for model in apps.get_models() if issubclass(model, Record)}
    click.echo("\n".join(page(flow) for _name, flow in sorted(found.items())))


COMMANDS = [flows]

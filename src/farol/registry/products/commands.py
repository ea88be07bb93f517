"""`farol products`."""

from __future__ import annotations

import json

import click

from farol.platform.accounts.operator import acting
from farol.registry.products.sync import sync as run


@click.group()
def products() -> None:
    """Products."""


@products.command()
@click.argument("text")
@click.option("--as", "email", help="Act as this person instead of the local operator.")
def sync(text: str, email: str | None) -> None:
    """Take over the products that Tiny finds for a text (SKU or part of the name, a hundred at most)."""
    click.echo(json.dumps(run(text, acting(email)).as_json()))


COMMANDS = [products]

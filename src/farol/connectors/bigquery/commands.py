"""`farol bigquery`."""

from __future__ import annotations

import json

import click

from farol.connectors.bigquery import account


@click.group()
def bigquery() -> None:
    """The customer base in BigQuery."""


@bigquery.command()
def check() -> None:
    """Ask by dry run: key, rights, tables, columns and cost; nothing is billed."""
    found = account.check()
    click.echo(json.dumps({"bytes": found, "project": account.settings.FAROL_BIGQUERY_PROJECT}))


COMMANDS = [bigquery]

"""`farol metabase provision`."""

from __future__ import annotations

import json

import click
from django.conf import settings
from django.utils.translation import gettext as _

from farol.connectors.metabase.client import Metabase
from farol.connectors.metabase.provision import provision
from farol.core.errors import Refused
from farol.platform.apps import collect


@click.group()
def metabase() -> None:
    """The optional Metabase beside Farol."""


@metabase.command("provision")
def provision_command() -> None:
    """Make Metabase's connection to the warehouse, the questions and the dashboard; safe to run again."""
    if not (settings.FAROL_METABASE_URL and settings.FAROL_METABASE_KEY):
        raise Refused(_("Set FAROL_METABASE_URL and FAROL_METABASE_KEY first."))
    client = Metabase(settings.FAROL_METABASE_URL, settings.FAROL_METABASE_KEY)
    try:
        made = {
            name: provision(client, settings.FAROL_WAREHOUSE, name, questions)
            for name, questions in collect("metabase", "BOARDS")
        }
    finally:
        client.close()
    click.echo(json.dumps(made, indent=1, ensure_ascii=False))


COMMANDS = [metabase]

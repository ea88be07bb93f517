"""`farol tiny check`, `farol tiny reconcile`."""

from __future__ import annotations

import json

import click

from farol.connectors.tiny.account import account
from farol.connectors.tiny.reconcile import reconcile


@click.group()
def tiny() -> None:
    """The ERP."""


@tiny.command("check")
def check() -> None:
    """Ask Tiny one harmless question and say how it answered."""
    click.echo(json.dumps({"ok": True, "detail": account().check()}, ensure_ascii=False))


@tiny.command("reconcile")
def reconcile_command() -> None:
    """Look in Tiny for documents of which nobody knows whether they arrived."""
    click.echo(json.dumps({"found": reconcile()}))


COMMANDS = [tiny]

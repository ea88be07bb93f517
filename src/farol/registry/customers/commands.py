"""`farol person`: what the house holds about somebody, and forgetting them."""

from __future__ import annotations

import json

import click
from django.utils.translation import gettext as _

from farol.core.errors import NotFound
from farol.platform.accounts.operator import acting
from farol.registry.customers import finding, privacy, rotation
from farol.registry.customers.models import Customer


@click.group()
def person() -> None:
    """A person's data: hand over, anonymise."""


@person.command("export")
@click.argument("who")
@click.option("--as", "email", help="Act as this person instead of the local operator.")
def export(who: str, email: str | None) -> None:
    """Everything about one customer (number, CPF or CNPJ) from all rooms, as JSON; the audit keeps that it was done."""
    customer = _found(who)
    found = privacy.everything(customer, acting(email))
    click.echo(json.dumps({"customer": customer.number, **found}, ensure_ascii=False, indent=1))


@person.command("anonymise")
@click.argument("who")
@click.option("--reason", required=True, help="Why: it stays in the history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--as", "email", help="Act as this person instead of the local operator.")
def anonymise(who: str, reason: str, yes: bool, email: str | None) -> None:
    """Destroy name, document, contacts and addresses of a customer. There is no way back."""
    customer, principal = _found(who), acting(email)
    principal.require("customers.privacy")
    if not yes:
        click.confirm(f"{customer.number}: {customer.name}?", abort=True, err=True)
    privacy.anonymise(customer, principal, reason)
    click.echo(json.dumps({"customer": customer.number, "status": customer.status}))


@person.command("rotate-keys")
def rotate_keys() -> None:
    """Put every person's key under the newest key of the installation; may run while people work."""
    click.echo(json.dumps({"renewed": rotation.renew_all()}))


def _found(who: str) -> Customer:
    customer = finding.by_number(who) or finding.by_document(who)
    if customer is None:
        raise NotFound(_("There is no such customer."))
    return customer


COMMANDS = [person]

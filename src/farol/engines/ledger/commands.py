"""`farol books …`."""

from __future__ import annotations

import datetime as dt
import json
import sys

import click
from django.utils.translation import gettext as _

from farol.core.errors import BadInput, Refused
from farol.engines.ledger import closings
from farol.engines.ledger.doctor import told
from farol.engines.ledger.models import Month, Reopening
from farol.engines.ledger.proof import prove
from farol.platform.accounts.operator import acting

_as_option = click.option("--as", "as_email", help="Act as this person.")


@click.group()
def books() -> None:
    """Postings, balances and closed months."""


@books.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
def verify(as_json: bool) -> None:
    """Add up all books again; exit 1 and the account if one differs."""
    proof = prove()
    if as_json:
        click.echo(json.dumps(proof.as_dict()))
    for difference in proof.differences:
        click.echo(told(difference), err=True)
    if proof.ok:
        click.echo(_("The books add up: %(entries)s entries.") % {"entries": proof.entries}, err=True)
    sys.exit(0 if proof.ok else 1)


@books.command()
@click.argument("month")
@_as_option
def close(month: str, as_email: str | None) -> None:
    """Close MONTH (2026-10): nothing is posted into it any more."""
    closed = closings.close(first_of(month), acting(as_email))
    click.echo(_("%(month)s is closed.") % {"month": closed}, err=True)


@books.command()
@click.argument("month")
@click.option("--reason", default="", help="Why; asks a second person to agree.")
@click.option("--approve", is_flag=True, help="Agree, as the second person.")
@click.option("--decline", is_flag=True, help="Leave it closed.")
@_as_option
def reopen(month: str, reason: str, approve: bool, decline: bool, as_email: str | None) -> None:
    """Reopen MONTH: one person asks with --reason, another one agrees with --approve."""
    principal, first = acting(as_email), first_of(month)
    if not (approve or decline):
        closings.request_reopen(first, principal, reason)
        click.echo(_("Asked. A second person agrees with --approve."), err=True)
        return
    wanted = Reopening.objects.filter(month__first=first, approved=None).first()
    if wanted is None:
        raise Refused(_("Nobody has asked to reopen %(month)s.") % {"month": month})
    decide = closings.approve_reopen if approve else closings.decline_reopen
    after = decide(wanted.pk, principal)
    click.echo(
        _("%(month)s is closed.") % {"month": after} if after.closed else _("%(month)s is open.") % {"month": after},
        err=True,
    )


@books.command()
def months() -> None:
    """The months that were ever closed, as JSON, the latest first."""
    rows = Month.objects.order_by("-first")
    click.echo(
        json.dumps([{"month": str(month), "closed": month.closed, "at": month.at.isoformat()} for month in rows])
    )


def first_of(text: str) -> dt.date:
    """The first day of `2026-10`; `BadInput` for anything else."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput("month", _("A month is written as 2026-10.")) from error


COMMANDS = [books]

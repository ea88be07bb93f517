"""`farol audit …`."""

from __future__ import annotations

import json
import re
import sys

import click
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.accounts.operator import acting
from farol.platform.audit import chain
from farol.platform.audit.chain import Verdict


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option(
    "--anchor", "anchors", multiple=True, help="An anchor printed in a report, such as 1200-0123456789abcdef."
)
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.option("--as", "as_email", help="Act as this person.")
def verify(anchors: tuple[str, ...], as_json: bool, as_email: str | None) -> None:
    """Prove that no entry was changed, removed, added or cut off; exit 1 and the position if one was."""
    acting(as_email).require("audit.read")
    for text in anchors:
        if not re.fullmatch(r"\d{1,18}-[0-9a-fA-F]{8,64}", text):
            raise BadInput("--anchor", _("An anchor looks like 1200-0123456789abcdef."))
    chain.seal()
    verdict = chain.verify(anchors)
    if as_json:
        click.echo(json.dumps(verdict.as_dict()))
    click.echo(told(verdict), err=True)
    sys.exit(0 if verdict.ok else 1)


def told(verdict: Verdict) -> str:
    """The verdict as a sentence."""
    if verdict.ok:
        return _("The audit is whole: %(count)d entries.") % {"count": verdict.sealed}
    reasons = {
        "missing": _("an entry is missing"),
        "changed": _("the entry was changed, swapped or put in"),
        "cut": _("the end was cut off"),
        "added": _("entries were added behind the sealed end"),
        "contradicts an anchor": _("it contradicts the anchor"),
    }
    values = {"position": verdict.position, "problem": reasons[verdict.problem]}
    return _("The audit was tampered with at position %(position)d: %(problem)s.") % values


COMMANDS = [audit]

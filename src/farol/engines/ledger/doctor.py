"""Do the books add up?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import formats
from farol.engines.ledger.proof import Difference, prove
from farol.platform.operation.checks import Check, Finding, green, red


def books() -> Iterator[Finding]:
    proof = prove()
    if proof.ok:
        counts = {"entries": formats.number(proof.entries), "accounts": formats.number(proof.accounts)}
        yield green(_("The books add up: %(entries)s entries on %(accounts)s accounts.") % counts)
    remedy = _("Run “farol books verify”, keep the database as it is, and compare it with a backup.")
    yield from (red(told(difference), remedy) for difference in proof.differences[:20])


def told(difference: Difference) -> str:
    """A difference as a sentence."""
    sentences = {
        "balance": _("Account %(name)s says %(stored)s, its entries add up to %(proved)s."),
        "held": _("Account %(name)s says that %(stored)s are held, its open holds add up to %(proved)s."),
        "posting": _("The entries of posting %(name)s add up to %(proved)s instead of nothing."),
        "empty": _("Posting %(name)s has no entries."),
    }
    amounts = {"stored": formats.brl(difference.stored), "proved": formats.brl(difference.proved)}
    return sentences[difference.what] % {"name": difference.name, **amounts}


CHECKS = [Check("books", gettext_lazy("Books"), books)]

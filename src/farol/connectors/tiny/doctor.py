"""Is the ERP set up, and does it answer?"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.connectors.tiny.account import account
from farol.connectors.tiny.port import ErpBusy, ErpError
from farol.platform.operation.checks import Check, Finding, green, red, yellow

PATIENCE = 5.0


def answers() -> Iterator[Finding]:
    """One harmless question, where a token is set."""
    if not settings.FAROL_TINY_TOKEN:
        yield yellow(
            _("No Tiny is set up: orders and payables wait in the outbox."),
            _("Make a token in Tiny (Token API) and set FAROL_TINY_TOKEN."),
        )
        return
    try:
        yield green(account(seconds=PATIENCE).check())
    except ErpBusy as error:
        yield yellow(str(error), _("Nothing, unless it stays so: run “farol tiny check” in some minutes."))
    except ErpError as error:
        yield red(str(error), _("Mend it as the sentence says, then run “farol tiny check”."))


CHECKS = [Check("tiny", gettext_lazy("Tiny"), answers)]

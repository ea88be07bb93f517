"""Is the chain whole?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.platform.audit import chain
from farol.platform.operation.checks import Check, Finding, green, red


def whole() -> Iterator[Finding]:
    verdict = chain.verify()
    if verdict.ok:
        yield green(_("The audit is whole: %(count)s sealed entries.") % {"count": verdict.sealed})
    else:
        yield red(
            _("The audit was tampered with at entry %(position)s.") % {"position": verdict.position},
            _("Run “farol audit verify”, keep the database as it is, and compare it with a backup."),
        )


CHECKS = [Check("audit", gettext_lazy("Audit"), whole)]

"""Asking every check again."""

from __future__ import annotations

from django.db import transaction

from farol.areas.crm.models import QualityRun
from farol.core import clock
from farol.engines.warehouse.checking import Checked, recheck
from farol.platform import audit
from farol.platform.accounts.principal import Principal


def check_now(principal: Principal) -> Checked:
    """Ask the checks about the published version, keep what they found, and write it into the audit."""
    checked = recheck("crm", principal)
    asked = [outcome for outcome in checked.outcomes if outcome.passed is not None]
    failed = sum(not outcome.passed for outcome in asked)
    with transaction.atomic():
        QualityRun.objects.bulk_create(
            QualityRun(
                at=clock.now(),
                version=checked.version.name,
                check_name=outcome.check,
                passed=bool(outcome.passed),
                hard=outcome.hard,
                params=outcome.params,
            )
            for outcome in asked
        )
        audit.record(principal, "crm.checked", target="crm", params={"failed": failed})
    return checked

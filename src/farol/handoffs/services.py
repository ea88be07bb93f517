"""Connections that a person makes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from farol.areas.aftersales.triage.models import Triage
from farol.core.errors import BadInput, NotFound, Refused
from farol.engines.workflow.module import get_module
from farol.handoffs import matching
from farol.platform.accounts.principal import Principal


@transaction.atomic
def link_warranty(triage: Triage, number: str, principal: Principal) -> None:
    """Say which case the goods belong to. `BadInput` for a number that is unknown or out of sight; `Refused` where
    the goods have their case already, or that case is cancelled.
    """
    principal.require("triage.work")
    Triage.objects.select_for_update().get(pk=triage.pk)
    try:
        case = get_module("warranties").get(number.strip().upper(), principal)
    except NotFound:
        raise BadInput("warranty", _("There is no such warranty or exchange.")) from None
    if matching.warranty_of(triage) is not None:
        raise Refused(_("These goods belong to a case already."))
    if case.status == "cancelled":
        raise Refused(_("This case is cancelled."))
    matching.connect(case, triage, principal)

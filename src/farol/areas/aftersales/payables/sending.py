"""Where a payable stands on its way to the ERP, in words with what to do: a part of its page, a column, a filter."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables import erp
from farol.areas.aftersales.payables.models import Payable
from farol.engines.workflow.module import Section
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column, Filter, Status

STATES = {
    "queued": Status(_("Waiting to be sent"), "info"),
    "sending": Status(_("Being sent"), "info"),
    "unknown": Status(_("Uncertain"), "warning"),
    "failed": Status(_("Refused by the ERP"), "danger"),
    "done": Status(_("In the ERP"), "success"),
}
REMEDIES = {
    "queued": _("It leaves as soon as the ERP takes it. Nothing to do."),
    "sending": _("It is being handed over now. Nothing to do."),
    "unknown": _("Farol looks whether it arrived, and never sends it twice. If it stays so, ask the administrator."),
    "failed": _("Correct what the ERP says, then generate it again: it goes out under the same key."),
}


def status(payable: Payable) -> Status | str:
    return STATES.get(erp.sending_of(payable).state, "")


def error(payable: Payable) -> str:
    """Why it is not in the ERP yet, in words; empty once it is."""
    sending = erp.sending_of(payable)
    return "" if sending.state == "done" else sending.error


def section(payable: Payable, principal: Principal) -> dict[str, Any] | None:
    """Context of `payables/erp.html`; None for one that never left and was never asked for."""
    state = erp.sending_of(payable).state
    if not state and not payable.erp_id:
        return None
    shown = {"payable": payable, "state": STATES.get(state), "error": error(payable), "failed": state == "failed"}
    return {**shown, "remedy": REMEDIES.get(state, "")}


SECTION = Section("erp", _("Payable in the ERP"), "payables/erp.html", section, side=True)
COLUMN = Column("erp", _("ERP"), value=status, kind="status")
FILTER = Filter(
    "erp", _("ERP"), [(name, STATES[name].label) for name in ("queued", "sending", "unknown", "failed")], erp.in_sending
)

"""The lists behind triage: return reasons, terms of channels, and what is disputed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.models import ChannelTerm, DisputeRule, ReturnReason
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.web.widgets import Suggested

# the table of rights has no row for lists of after-sales; who may cancel any case is who answers for them
RIGHT = "cases.cancel"


class ReasonForm(forms.ModelForm):
    class Meta:
        model = ReturnReason
        fields: Any = ("name", "active")
        labels: Any = {"name": _("Return reason"), "active": _("In use")}


class TermForm(forms.ModelForm):
    class Meta:
        model = ChannelTerm
        fields: Any = ("channel", "days")
        labels: Any = {"channel": _("Channel"), "days": _("Business days for the triage")}
        widgets: Any = {"channel": Suggested(lambda: settings.FAROL_CHANNELS)}


class DisputeForm(forms.ModelForm):
    class Meta:
        model = DisputeRule
        fields: Any = ("channel", "reason", "days", "active")
        labels: Any = {
            "channel": _("Channel"),
            "reason": _("Return reason (empty: any)"),
            "days": _("Business days to dispute"),
            "active": _("In use"),
        }
        widgets: Any = {"channel": Suggested(lambda: settings.FAROL_CHANNELS)}


@dataclass(frozen=True)
class Rules:
    """One of the lists. `removable`: rows that nothing refers to may be deleted."""

    name: str
    label: Any
    help: Any
    model: type[models.Model]
    form: type[forms.ModelForm]
    removable: bool = True

    def formset(self, data: Any = None) -> Any:
        kind = forms.modelformset_factory(
            self.model, self.form, extra=1, can_delete=self.removable, can_delete_extra=False, max_num=500
        )
        return kind(data, prefix=self.name, queryset=self.model._default_manager.all())

    def save(self, formset: Any, principal: Principal) -> None:
        """`NotAllowed` without the right; the audit keeps which list it was."""
        principal.require(RIGHT)
        formset.save()
        audit.record(principal, "triage.rules", target="triage", params={"what": self.name})


LISTS = (
    Rules(
        "reasons",
        _("Return reasons"),
        _("What triage chooses from. A reason that is no longer used is switched off; old records keep it."),
        ReturnReason,
        ReasonForm,
        removable=False,
    ),
    Rules(
        "terms",
        _("Terms by channel"),
        _("Business days from receipt to the end of the triage, where a channel has its own."),
        ChannelTerm,
        TermForm,
    ),
    Rules(
        "disputes",
        _("What is disputed"),
        _("Returns of this channel for this reason open a dispute with the marketplace."),
        DisputeRule,
        DisputeForm,
    ),
)
BY_NAME = {rules.name: rules for rules in LISTS}

"""What the page of reports asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.engines.reports.definition import reports
from farol.engines.reports.sending import SLACK, targets
from farol.platform.accounts.principal import Principal


class MakeForm(forms.Form):
    """Which report of which day."""

    asked = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        yesterday = clock.today() - dt.timedelta(days=1)
        super().__init__(*args, initial={"asked": yesterday}, **kwargs)
        offered = [(report.name, report.label) for report in reports().values() if principal.may(report.permission)]
        self.fields["report"] = forms.ChoiceField(label=_("Report"), choices=offered)
        self.fields["asked"].widget.attrs["max"] = yesterday.isoformat()

    def clean_asked(self) -> dt.date:
        asked = self.cleaned_data["asked"]
        if asked >= clock.today():
            raise forms.ValidationError(_("The day is not over yet. Choose yesterday or earlier."))
        return asked


class ResendForm(forms.Form):
    """To whom a kept report goes again; `turn` is how many sendings the page showed."""

    turn = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(f"{channel}:{to}", "Slack" if channel == SLACK else to) for channel, to in targets()]
        self.fields["to"] = forms.ChoiceField(label=_("Send again to"), choices=offered)

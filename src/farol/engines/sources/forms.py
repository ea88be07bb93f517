"""Upload of data files and the choice of a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OptionsForm(forms.Form):
    """How to read the files; what is left open is found out from them."""

    replace_days = forms.BooleanField(
        label=_("Replace whole days"),
        required=False,
        help_text=_("Rows of the files' days that the files no longer have are deleted."),
    )
    date_format = forms.ChoiceField(
        label=_("Days in the file"),
        required=False,
        choices=[
            ("", _("Found by itself")),
            ("dmy", _("dd/mm/yyyy")),
            ("mdy", _("mm/dd/yyyy")),
            ("ymd", _("yyyy-mm-dd")),
        ],
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _("Found by itself")), (",", _("Comma")), (".", _("Point"))],
    )
    accepted = forms.MultipleChoiceField(
        label=_("Publish although these checks do not hold"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, checks: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accepted"].choices = checks

    def options(self) -> dict[str, Any]:
        """As a `LoadRequest` takes them."""
        values = self.cleaned_data
        return {
            "replace_days": values["replace_days"],
            "date_format": values["date_format"] or None,
            "decimal": values["decimal"] or None,
            "accepted": list(values["accepted"]),
        }

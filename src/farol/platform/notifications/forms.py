"""What a person wants to be told: two fields for each category."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.platform.notifications.models import MAIL_LABELS, Mail, Preference
from farol.platform.notifications.notice import CATEGORIES


class PreferencesForm(forms.Form):
    def __init__(self, data: Any = None, *, wishes: dict[str, Preference]) -> None:
        super().__init__(data)
        for name, wish in wishes.items():
            self.fields[f"{name}_shown"] = forms.BooleanField(label=_("In Farol"), required=False, initial=wish.shown)
            self.fields[f"{name}_mail"] = forms.ChoiceField(
                label=_("By e-mail"), choices=[(m.value, MAIL_LABELS[m]) for m in Mail], initial=wish.mail
            )

    def rows(self) -> Iterator[tuple[str, Any, Any, Any]]:
        """Name and label of each category with its two fields."""
        for name, label in CATEGORIES.items():
            yield name, label, self[f"{name}_shown"], self[f"{name}_mail"]

    def chosen(self) -> Iterator[tuple[str, bool, Mail]]:
        for name in CATEGORIES:
            yield name, self.cleaned_data[f"{name}_shown"], Mail(self.cleaned_data[f"{name}_mail"])

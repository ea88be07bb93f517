"""One form for the screen, the REST interface and the import of a kind of record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from farol.engines.workflow.models import Record
from farol.platform.accounts.principal import Principal
from farol.platform.web.widgets import dress

MOST_CHOICES = 40  # that the sentence about a wrong one lists


@dataclass(frozen=True)
class Lines:
    """Sub-rows of a form, such as a case's items."""

    name: str
    label: Any
    form: type[forms.Form]
    at_least: int = 1
    at_most: int = 200

    def formset(self, data: Any, files: Any, initial: list[dict[str, Any]] | None) -> Any:
        kind = forms.formset_factory(
            self.form,
            extra=0 if initial else max(self.at_least, 1),
            min_num=0,
            max_num=self.at_most,
            absolute_max=self.at_most,
            validate_max=True,
        )
        made = kind(data, files, prefix=self.name, initial=initial)
        for row in made.forms:
            dress(row)
        return made


@dataclass(frozen=True)
class Group:
    """Fields of a form that stand together under a title; `folded` away while all of them are empty."""

    title: Any
    fields: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True)
class ShownGroup:
    """A group with its bound fields, as the page draws it; `open` is True unless it is to be folded away."""

    title: Any
    fields: list[forms.BoundField]
    open: bool


class CaseForm(forms.Form):
    """What a person fills in. `record` is the one being changed, None for a new one.

    Data may be what a browser posts, or a plain mapping with the lines as a list of mappings. The page shows the fields
    of no group first, then the lines, then the groups.
    """

    lines: ClassVar[Lines | None] = None
    groups: ClassVar[tuple[Group, ...]] = ()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        principal: Principal,
        record: Record | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.principal, self.record = principal, record
        data = None if data is None else flat(data, self.lines)
        super().__init__(data, files, initial=initial)
        dress(self)
        self.formset = self.lines.formset(data, files, (initial or {}).get(self.lines.name)) if self.lines else None

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if self.formset is None or self.lines is None:
            return valid
        if not self.formset.is_valid():
            return False
        if valid and len(self.rows) < self.lines.at_least:
            self.add_error(None, forms.ValidationError(_("Add at least one row."), code="required"))
            return False
        return valid

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The visible fields of no group."""
        grouped = {name for group in self.groups for name in group.fields}
        return [bound for bound in self.visible_fields() if bound.name not in grouped]

    @property
    def shown_groups(self) -> list[ShownGroup]:
        visible = {bound.name: bound for bound in self.visible_fields()}
        shown = []
        for group in self.groups:
            fields = [visible[name] for name in group.fields if name in visible]
            shown.append(
                ShownGroup(group.title, fields, not group.folded or any(f.value() or f.errors for f in fields))
            )
        return shown

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The cleaned sub-rows; rows left empty do not count."""
        return [row.cleaned_data for row in self.formset or [] if row.has_changed()]

    @property
    def values(self) -> dict[str, Any]:
        """Everything cleaned, the lines as a list."""
        lines = {self.lines.name: self.rows} if self.lines else {}
        return {**self.cleaned_data, **lines}

    def problems(self) -> list[tuple[str, str]]:
        """(field, sentence) of everything wrong; a line's field is `items.0.sku`, the whole form's is empty."""
        found = sentences(self)
        if self.formset is not None and self.lines is not None:
            for place, row in enumerate(self.formset.forms):
                found += [(f"{self.lines.name}.{place}.{name}", text) for name, text in sentences(row)]
            found += [(self.lines.name, str(e)) for e in self.formset.non_form_errors()]
        return found


class Asked(forms.Form):
    """What an action asks. Of many records at once it is asked without the fields in `one_by_one`, whose answers differ
    from record to record; an action that cannot do without one of them is for one record at a time.
    """

    one_by_one: ClassVar[tuple[str, ...]] = ()

    def about(self, record: Any) -> None:
        """Fit the fields to the record whose page asks: its own items to choose from, what is known already."""

    @classmethod
    def needed_one_by_one(cls) -> list[Any]:
        """The labels of what keeps the action from many records."""
        return [cls.base_fields[name].label for name in cls.one_by_one if cls.base_fields[name].required]

    def of_many(self) -> list[Any]:
        """Leave out what differs from record to record; the labels of that."""
        return [self.fields.pop(name).label for name in self.one_by_one if name in self.fields]


def sentences(form: forms.Form) -> list[tuple[str, str]]:
    """(field, sentence) of everything wrong for who does not see the form: a wrong choice says which there are."""
    found = []
    for name, errors in form.errors.as_data().items():
        shown = "" if name == "__all__" else name
        for error in errors:
            found += [(shown, str(text) + _choices(form, name, error)) for text in error.messages]
    return found


def _choices(form: forms.Form, name: str, error: forms.ValidationError) -> str:
    field = form.fields.get(name)
    if error.code != "invalid_choice" or not isinstance(field, forms.ChoiceField):
        return ""
    values = [str(value) for value, _label in islice(field.choices, MOST_CHOICES + 1) if str(value)]
    return (
        " " + str(_("There is: %(values)s.") % {"values": ", ".join(values)})
        if values and len(values) <= MOST_CHOICES
        else ""
    )


def flat(data: Mapping[str, Any], lines: Lines | None) -> Mapping[str, Any]:
    """A mapping with its lines as a list, as a browser would have posted it."""
    rows = data.get(lines.name) if lines else None
    if lines is None or not isinstance(rows, list):
        return data
    posted = {name: value for name, value in data.items() if name != lines.name}
    posted[f"{lines.name}-TOTAL_FORMS"], posted[f"{lines.name}-INITIAL_FORMS"] = len(rows), 0
    for place, row in enumerate(rows):
        posted |= {f"{lines.name}-{place}-{name}": value for name, value in row.items()}
    return posted

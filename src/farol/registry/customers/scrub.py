"""What people typed about somebody who is forgotten: their name, document, telephones and e-mail leave the free texts
of their own record and of every record of theirs. The records stay; the law asks for them, not for who it was."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from farol.core.names import words
from farol.engines.workflow.models import Comment, HistoryEntry
from farol.engines.workflow.module import modules
from farol.registry.customers import records
from farol.registry.customers.models import Customer

MARK = "•••"
SHORTEST_NUMBER = 8  # digits; shorter ones could be anything
_ACCENTS = {"A": "aáàâãä", "C": "cç", "E": "eéèêë", "I": "iíìîï", "N": "nñ", "O": "oóòôõö", "U": "uúùûü"}


def scrub(customer: Customer) -> None:
    """In the caller's transaction, while the customer can still be read."""
    pattern = _pattern(customer)
    if pattern is None:
        return
    references = [customer.reference]
    for module in modules().values():
        if records.has_customer(module):
            rows = list(module.model._default_manager.filter(customer=customer.pk))
            references += [row.reference for row in rows]
            _clean(rows, pattern)
    for kind in (HistoryEntry, Comment):
        _clean(kind.objects.filter(record__in=references), pattern)


def _pattern(customer: Customer) -> re.Pattern[str] | None:
    said = words(customer.name)
    found = [r"\W+".join(map(_any_accent, said))] if len(said) > 1 else []  # one word alone may mean anything
    found += [re.escape(customer.email)] if customer.email else []
    for number in (customer.document, *(form for phone in customer.phones for form in _forms(phone))):
        plain = re.sub(r"\W", "", number)
        found += [r"\W{0,2}".join(plain)] if len(plain) >= SHORTEST_NUMBER else []
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)", re.IGNORECASE) if found else None


def _forms(phone: str) -> tuple[str, ...]:
    """As it is kept, and a Brazilian one without country, and without area code."""
    national = phone.removeprefix("+55")
    return (phone, national, national[2:]) if national != phone else (phone,)


def _any_accent(word: str) -> str:
    return "".join(f"[{_ACCENTS[c]}]" if c in _ACCENTS else c for c in word)


def _clean(rows: Any, pattern: re.Pattern[str]) -> None:
    for row in rows:
        changed = {name: new for name, old in _texts(row).items() if (new := _without(old, pattern)) != old}
        if changed:
            type(row)._default_manager.filter(pk=row.pk).update(**changed)


def _texts(row: models.Model) -> dict[str, Any]:
    """What people may have typed: texts that are no choice and no key, and notes kept as JSON."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    fields = [f for f in row._meta.concrete_fields if isinstance(f, kinds) and not f.choices and not f.unique]
    return {field.attname: getattr(row, field.attname) for field in fields}


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(MARK, value)
    if isinstance(value, dict):
        return {key: _without(one, pattern) for key, one in value.items()}
    return [_without(one, pattern) for one in value] if isinstance(value, list) else value

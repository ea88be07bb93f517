"""Running numbers without a hole or a twin: the row of a counter stays locked until its transaction ends."""

from __future__ import annotations

from django.db.models import F

from farol.engines.workflow.models import Counter


def take(key: str) -> int:
    """The next number of `key`, from 1. Call it inside the transaction that uses it: what rolls back gives it back."""
    if not _advance(key):
        Counter.objects.get_or_create(key=key)  # a twin's insert is waited for, and is then found
        _advance(key)
    return Counter.objects.values_list("value", flat=True).get(key=key)


def _advance(key: str) -> int:
    return Counter.objects.filter(key=key).update(value=F("value") + 1)

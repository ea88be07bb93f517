"""M11 in its full size. The 250 tamperings themselves run beside the module, on fewer entries."""

from __future__ import annotations

import random
import time

import pytest
from django.db import connection

from farol.platform.audit import chain, triggers
from farol.platform.audit.models import Entry
from farol.platform.audit.tests.test_audit import OFFSET, TAMPERINGS, tampered

SIZE = 100_000


@pytest.mark.slow
def test_m11_a_hundred_thousand_entries(db):
    entries = (Entry(code="login", actor="operator", target=f"person:{n}", params={"n": n}) for n in range(SIZE))
    Entry.objects.bulk_create(entries, batch_size=5000)
    start = time.perf_counter()
    assert chain.seal() == SIZE
    sealed = time.perf_counter()
    assert chain.verify() == chain.Verdict(True, SIZE, 0)
    verified = time.perf_counter()
    print(f"sealed {SIZE} in {sealed - start:.1f} s, verified in {verified - sealed:.1f} s")
    triggers.remove(connection)
    draw = random.Random(7)
    for name in ("change", "delete", "swap", "cut"):
        at = draw.randrange(1, SIZE - 1)
        verdict = tampered(TAMPERINGS[name], at)
        assert (verdict.ok, verdict.position) == (False, at + OFFSET.get(name, 0)), name

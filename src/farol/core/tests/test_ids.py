"""Codes are stable, readable and typed back in any way."""

from __future__ import annotations

from farol.core import ids


def test_short_codes_are_a_function_of_the_content():
    assert ids.short_code("farol") == ids.short_code(b"farol")
    assert ids.short_code("farol") != ids.short_code("Farol")
    assert len(ids.short_code("x", 26)) == 26
    assert set(ids.short_code("x", 50)) <= set(ids.CROCKFORD)
    assert len({ids.short_code(str(i)) for i in range(20_000)}) == 20_000


def test_codes_are_read_as_people_type_them():
    assert ids.read_code(" 1ol-xi ") == "101X1"


def test_tokens_do_not_repeat():
    assert len({ids.random_token() for _turn in range(100)}) == 100
    assert len(ids.random_token()) >= 43

"""The Brazilian calendar, against dates known from official lists."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.platform.calendar import BusinessCalendar, DayKind, default, shift

CAPITAL = BusinessCalendar("SP", "São Paulo")
INLAND = BusinessCalendar("MG", "Uberlândia")
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "kind", "works", "words"),
    [
        ("2025-03-01", DayKind.CARNIVAL, False, "sábado de Carnaval"),
        ("2025-03-02", DayKind.CARNIVAL, False, "domingo de Carnaval"),
        ("2025-03-03", DayKind.CARNIVAL, False, "segunda-feira de Carnaval"),
        ("2025-03-04", DayKind.CARNIVAL, False, "terça-feira de Carnaval"),
        ("2025-03-05", DayKind.CARNIVAL, True, "Quarta-feira de Cinzas"),
        ("2025-03-06", DayKind.BUSINESS, True, "quinta-feira"),
        ("2026-01-25", DayKind.HOLIDAY, False, "domingo, feriado (Aniversário da Cidade de São Paulo)"),
        ("2026-07-09", DayKind.HOLIDAY, False, "quinta-feira, feriado (Revolução Constitucionalista)"),
        ("2026-12-24", DayKind.EVE, True, "quinta-feira, véspera de Natal"),
        ("2026-12-31", DayKind.EVE, True, "quinta-feira, véspera de Ano-Novo"),
        ("2026-11-21", DayKind.SATURDAY, False, "sábado"),
        ("2026-11-22", DayKind.SUNDAY, False, "domingo"),
        ("2025-02-07", DayKind.BUSINESS, True, "sexta-feira, 5º dia útil, de pagamento"),
        ("2025-02-20", DayKind.BUSINESS, True, "quinta-feira, dia 20, de pagamento"),
    ],
)
def test_days_of_sao_paulo(day, kind, works, words):
    found = CAPITAL.day(on(day))
    assert (found.kind, found.business_day) == (kind, works)
    assert CAPITAL.describe(on(day), "pt-br") == words


def test_national_day_of_2024_and_before():
    assert INLAND.day(on("2026-11-20")).kind is DayKind.HOLIDAY
    assert INLAND.day(on("2023-11-20")).kind is DayKind.BUSINESS


def test_place_decides():
    assert INLAND.day(on("2026-07-09")).kind is DayKind.BUSINESS
    assert INLAND.day(on("2026-06-04")).kind is DayKind.BANK_HOLIDAY
    assert INLAND.describe(on("2026-06-04"), "en") == "Thursday, bank holiday (Corpus Christi)"
    with pytest.raises(ValueError, match="XX"):
        BusinessCalendar("XX")
    assert default().place == "São Paulo Capital"


def test_two_hundred_and_forty_nine_banking_days_in_2026():
    days = BusinessCalendar("AM").days(on("2026-01-01"), on("2026-12-31"))
    state_only = {on("2026-09-05"), on("2026-12-08")}  # a Saturday, and the state's patron saint
    assert sum(day.business_day or (day.day in state_only and day.weekday < 5) for day in days) == 249


def test_pay_days():
    assert CAPITAL.pay_days(2026, 11) == (on("2026-11-09"), on("2026-11-20"))
    assert CAPITAL.pay_days(2025, 3) == (on("2025-03-11"), on("2025-03-20"))
    assert [d.day.day for d in CAPITAL.days(on("2026-11-01"), on("2026-11-30")) if d.pay_day] == [9, 20]


@given(DAYS, st.integers(-60, 60))
def test_business_days_forth_and_back(day, count):
    landed = CAPITAL.add_business_days(day, count)
    assert CAPITAL.is_business_day(landed)
    if CAPITAL.is_business_day(day):
        assert CAPITAL.add_business_days(landed, -count) == day


@given(DAYS)
def test_positions_count_the_month(day):
    found = CAPITAL.day(day)
    assert found.business_day == CAPITAL.is_business_day(day)
    if found.business_day:
        assert CAPITAL.nth_business_day(day.year, day.month, found.month_position) == day
    last = CAPITAL.nth_business_day(day.year, day.month, -1)
    assert CAPITAL.day(last).month_position >= found.month_position


@pytest.mark.parametrize(
    ("day", "name", "base"),
    [
        ("2025-03-31", "m1", "2025-02-28"),
        ("2024-03-30", "m1", "2024-02-29"),
        ("2025-01-15", "m1", "2024-12-15"),
        ("2024-02-29", "y1", "2023-02-28"),
        ("2025-03-01", "w1", "2025-02-22"),
        ("2025-03-01", "d1", "2025-02-28"),
        ("2025-03-01", "m30", "2025-01-30"),
    ],
)
def test_shifts(day, name, base):
    assert shift(on(day), name) == on(base)


@given(DAYS)
def test_shifts_always_land_earlier(day):
    assert all(shift(day, name) < day for name in ("d1", "w1", "m1", "m30", "y1"))

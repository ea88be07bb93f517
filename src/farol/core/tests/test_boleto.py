"""Lines and barcodes of payment slips; the worked examples are the reference's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from farol.core import boleto
from farol.core.errors import BadInput

TODAY = dt.date(2026, 7, 1)
BANK = "00190.00009 01234.567897 01234.567178 6 14940000123456"
BANK_BARCODE = "00196149400001234560000001234567890123456717"
OLD = "00190500954014481606906809350314337370000000100"
OLD_BARCODE = "00193373700000001000500940144816060680935031"
BILL_10 = "83640000001 1 23450123202 4 60701000000 0 00000000001 8"
BILL_10_BARCODE = "83640000001234501232026070100000000000000001"
BILL_11 = "83840000001 4 23450123202 5 60701000000 9 00000000001 9"
BILL_11_BARCODE = "83840000001234501232026070100000000000000001"
PUBLIC = "836200000005667800481000180975657313001589636081"


@pytest.mark.parametrize(
    ("line", "barcode", "amount", "due_on"),
    [
        (BANK, BANK_BARCODE, "1234.56", dt.date(2026, 7, 1)),
        (BILL_10, BILL_10_BARCODE, "123.45", None),
        (BILL_11, BILL_11_BARCODE, "123.45", None),
    ],
)
def test_worked_examples(line, barcode, amount, due_on):
    for text in (line, barcode):
        slip = boleto.read(text, TODAY)
        assert (slip.barcode, slip.amount, slip.due_on) == (barcode, Decimal(amount), due_on)
        assert boleto.read(slip.spaced, TODAY) == slip
    assert boleto.read(BANK, TODAY).spaced == BANK


def test_the_old_published_line_and_its_barcode():
    slip = boleto.read(OLD, dt.date(2008, 1, 2))
    assert (slip.barcode, slip.amount, slip.due_on) == (OLD_BARCODE, Decimal("1.00"), dt.date(2007, 12, 31))
    assert boleto.line_of(OLD_BARCODE) == OLD
    assert boleto.line_of(boleto.read(PUBLIC, TODAY).barcode) == PUBLIC


@pytest.mark.parametrize(
    ("factor", "day"),
    [
        (9999, dt.date(2025, 2, 21)),
        (1000, dt.date(2025, 2, 22)),
        (1494, dt.date(2026, 7, 1)),
        (8000, dt.date(2019, 9, 2)),
        (6995, None),
        (7493, None),
        (7494, dt.date(2018, 4, 14)),
        (6994, dt.date(2041, 7, 22)),
        (999, None),
    ],
)
def test_the_factor_means_the_date_near_today(factor, day):
    assert boleto.due_date(factor, TODAY) == day


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (dt.date(2000, 7, 3), 1000),
        (dt.date(2012, 4, 27), 5316),
        (dt.date(2025, 2, 20), 9998),
        (dt.date(2025, 2, 21), 9999),
        (dt.date(2025, 2, 22), 1000),
        (dt.date(2025, 2, 23), 1001),
        (dt.date(2026, 7, 1), 1494),
        (dt.date(2049, 10, 13), 9999),
    ],
)
def test_the_factor_begins_again_in_2025(day, factor):
    assert boleto.factor_of(day) == factor


def test_an_open_slip_has_neither_amount_nor_date():
    slip = boleto.read(boleto.bank_barcode("237", None, None, "1" * 25), TODAY)
    assert (slip.amount, slip.due_on) == (None, None)
    assert boleto.read(boleto.collection_barcode("3", "7", Decimal("12.00"), "0" * 29), TODAY).amount is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BANK.replace("00190.00009", "00190.00008"), "field_1"),
        (BANK.replace("01234.567897", "01234.567797"), "field_2"),
        (BANK.replace("01234.567178", "91234.567178"), "field_3"),
        (BANK.replace(" 6 ", " 7 "), "field_5"),
        (BANK.replace("123456", "123457", 1)[:-1] + "7", "field_5"),
        (BILL_10.replace("00000000001 8", "00000000002 8"), "field_4"),
        (BILL_11.replace("23450123202", "23450123203"), "field_2"),
        ("8354" + BILL_10.replace(" ", "")[4:], "field_1"),
        (BANK[:-1], "invalid"),
        (BANK + "0", "invalid"),
        (BILL_10[:-1], "invalid"),
        ("", "required"),
        ("0019O.00009 01234.567897 01234.567178 6 14940000123456", "invalid"),
        ("8" + BANK.replace(" ", "").replace(".", "")[1:], "invalid"),
    ],
)
def test_the_wrong_part_is_named(text, code):
    with pytest.raises(BadInput) as caught:
        boleto.read(text, TODAY, field="line")
    assert (caught.value.field, caught.value.code) == ("line", code)


def test_a_date_out_of_reach_is_refused():
    far = boleto.bank_barcode("341", boleto.FACTOR_BASE + dt.timedelta(days=7200), Decimal(1), "2" * 25)
    with pytest.raises(BadInput, match="7200"):
        boleto.read(far, TODAY)


_DIGITS = st.integers(0, 9).map(str)
_FREE = st.lists(_DIGITS, min_size=25, max_size=25).map("".join)
_BANK = st.builds(
    boleto.bank_barcode,
    st.sampled_from(["001", "104", "237", "341", "756"]),
    st.one_of(st.none(), st.dates(TODAY - boleto.LOOK_BACK, TODAY + boleto.LOOK_AHEAD)),
    st.one_of(st.none(), st.decimals("0.01", "99999999.99", places=2)),
    _FREE,
)
_BILL = st.builds(
    boleto.collection_barcode,
    st.sampled_from("12345679"),
    st.sampled_from("6789"),
    st.decimals("0.01", "999999999.99", places=2),
    st.lists(_DIGITS, min_size=29, max_size=29).map("".join),
)


@given(st.one_of(_BANK, _BILL))
def test_line_and_barcode_lead_to_each_other(barcode):
    slip = boleto.read(barcode, TODAY)
    again = boleto.read(slip.line, TODAY)
    assert (slip.barcode, again) == (barcode, slip)
    assert boleto.read(slip.spaced, TODAY) == slip


@given(
    st.dates(TODAY - boleto.LOOK_BACK, TODAY + boleto.LOOK_AHEAD), st.decimals("0.01", "99999999.99", places=2), _FREE
)
def test_date_and_amount_come_back(day, amount, free):
    slip = boleto.read(boleto.bank_barcode("341", day, amount, free), TODAY)
    assert (slip.due_on, slip.amount) == (day, amount)


def _changed(line: str, data: st.DataObject, places: range) -> str:
    place = data.draw(st.sampled_from(list(places)))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != line[place]]))
    return line[:place] + other + line[place + 1 :]


@given(_BANK, st.data())
def test_one_wrong_digit_in_the_three_fields_of_a_bank_slip_is_found(barcode, data):
    wrong = _changed(boleto.line_of(barcode), data, range(32))
    with pytest.raises(BadInput):
        boleto.read(wrong, TODAY)


@given(_BANK, st.data())
def test_one_wrong_digit_behind_them_is_found_where_the_digit_guarantees_it(barcode, data):
    """Three remainders share the digit 1, so that a slip with this digit is not safe against every slip of the pen."""
    assume(barcode[4] != "1")
    wrong = _changed(boleto.line_of(barcode), data, range(32, 47))
    with pytest.raises(BadInput):
        boleto.read(wrong, TODAY)


@given(_BILL, st.data())
def test_one_wrong_digit_in_a_bill_is_found_where_its_modulus_guarantees_it(barcode, data):
    """Not its third digit, which chooses the modulus; and under modulus 11, not in a block whose digit is 0."""
    line = boleto.line_of(barcode)
    places = [p for p in range(48) if p != 2 and (barcode[2] in "67" or line[p // 12 * 12 + 11] != "0")]
    assume(places)
    place = data.draw(st.sampled_from(places))
    with pytest.raises(BadInput):
        boleto.read(_changed(line, data, range(place, place + 1)), TODAY)


@given(st.one_of(st.text(max_size=60), st.text("0123456789", min_size=44, max_size=48)))
def test_any_text_is_read_or_refused(text):
    try:
        slip = boleto.read(text, TODAY)
    except BadInput:
        return
    assert boleto.read(slip.line, TODAY) == slip

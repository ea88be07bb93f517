"""Every shape in which Tiny answers, and every code."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from farol.connectors.tiny import ErpBusy, ErpDoubt, ErpMissing, ErpRefused, ErpShut
from farol.connectors.tiny.envelope import Answer, day, decimal, parse, rows, text, whole
from farol.connectors.tiny.errors import SENTENCES, error_of
from farol.connectors.tiny.orders import status


def answer(**body) -> Answer:
    return parse(json.dumps({"retorno": body}).encode())


RECORD = {"sequencia": "1", "status": "OK", "id": 37644545, "numero": "1234"}
REFUSED = {"sequencia": "1", "status": "Erro", "codigo_erro": "31", "erros": [{"erro": "cidade"}]}


@pytest.mark.parametrize(
    "registros",
    [
        {"registro": RECORD},
        [{"registro": RECORD}],
        {"registro": [RECORD]},
        [{"registro": [RECORD]}],
        [RECORD],
        RECORD,
    ],
)
@pytest.mark.parametrize("processing", [3, "3"])
def test_a_write_that_went_well(registros, processing):
    got = answer(status_processamento=processing, status="OK", registros=registros)
    assert (got.ok, got.code, got.processing, text(got.records[0]["id"])) == (True, None, 3, "37644545")


@pytest.mark.parametrize("registros", [{"registro": REFUSED}, [{"registro": REFUSED}], {"registro": [RECORD, REFUSED]}])
def test_the_code_may_stand_in_the_record_only(registros):
    got = answer(status_processamento="2", status="Erro", registros=registros)
    assert (got.ok, got.code, got.texts) == (False, 31, ("cidade",))


def test_ok_above_and_an_error_below_is_no_success():
    assert not answer(status_processamento=3, status="OK", registros=[{"registro": REFUSED}]).ok


@pytest.mark.parametrize("errors", [[{"erro": "a"}], {"erro": "a"}, ["a"], "a", [{"erro": " a "}, {"erro": None}]])
def test_texts_of_errors_in_all_shapes(errors):
    assert answer(status="Erro", codigo_erro="31", erros=errors).texts == ("a",)


@pytest.mark.parametrize("missing", [None, [], {}, "", "x", 3])
def test_errors_that_are_no_errors(missing):
    assert answer(status="Erro", codigo_erro=31, erros=missing).texts in ((), ("x",))


@pytest.mark.parametrize(
    "value",
    [
        [{"conta": {"id": "1"}}, {"conta": {"id": "2"}}],
        [{"id": "1"}, {"id": "2"}],
        [{"conta": {"id": "1"}}, {"id": "2"}],
    ],
)
def test_lists_wrapped_and_unwrapped(value):
    assert [row["id"] for row in rows({"contas": value}, "contas", "conta")] == ["1", "2"]


@pytest.mark.parametrize("value", [None, "", [], [None, 3, "x"], {}])
def test_lists_that_are_none(value):
    assert rows({"contas": value}, "contas", "conta") in ([], [{}])


@pytest.mark.parametrize("value", [1, "1", " 1 "])
def test_pages_as_number_or_text(value):
    assert answer(status="OK", pagina=value, numero_paginas=value).pages == 1
    assert whole(value) == 1


@pytest.mark.parametrize("value", [None, "", " ", [], {}])
def test_nothing_in_its_three_spellings(value):
    assert text(value) == ""
    assert decimal(value) is None
    assert whole(value) is None
    assert day(value) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        (10, "10"),
        ("NaN", None),
        ("Infinity", None),
        ("x", None),
        ("1e400", "1e400"),
    ],
)
def test_figures_with_point_or_comma(value, number):
    assert decimal(value) == (Decimal(number) if number else None)


def test_days():
    assert day("01/12/2026") == day("01/12/2026 10:00:00") == dt.date(2026, 12, 1)
    assert day("2026-12-01") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>Erro</body></html>",
        b'{"retorno": {"status": "OK"',
        b"null",
        b"[]",
        b'{"retorno": null}',
        b'{"retorno": []}',
        b'{"other": {}}',
        b'{"retorno": {"status": "OK", "valor": NaN}}',
        b"\xff\xfe\x00",
        b"[" * 5000,
    ],
)
def test_what_is_no_envelope_is_a_doubt(content):
    with pytest.raises(ErpDoubt):
        parse(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["status", "codigo_erro", "erros", "erro", "registros", "registro", "numero_paginas"]),
                inner,
            )
        ),
    )
)
def test_no_answer_breaks_the_reader(body):
    try:
        got = parse(json.dumps({"retorno": body}).encode())
    except ErpDoubt:
        return
    assert isinstance(got.ok, bool)
    assert got.pages >= 0 or got.pages < 0


KINDS = {
    **dict.fromkeys((1, 2, 5, 7, 8), ErpShut),
    **dict.fromkeys((6, 11, 99), ErpBusy),
    **dict.fromkeys((3, 9, 10, 21, 22, 31, 33, 34), ErpRefused),
    **dict.fromkeys((4, 30, 35), ErpDoubt),
    32: ErpMissing,
}


@pytest.mark.parametrize(("code", "kind"), KINDS.items())
def test_every_code_has_its_kind_and_a_sentence_in_portuguese(code, kind):
    with translation.override("pt-br"):
        error = error_of(answer(status="Erro", status_processamento=2, codigo_erro=str(code), erros=[{"erro": "Ai"}]))
    assert type(error) is kind
    assert str(code) in str(error)
    assert "Ai" in str(error)


def test_the_table_has_all_codes_of_the_vendor():
    assert set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize(("processing", "kind"), [(1, ErpRefused), (2, ErpDoubt), (4, ErpDoubt), ("", ErpDoubt)])
def test_a_new_code_is_a_doubt_unless_nothing_was_processed(processing, kind):
    assert type(error_of(answer(status="Erro", status_processamento=processing, codigo_erro=77))) is kind


def test_documents_of_people_are_not_repeated_in_sentences():
    got = error_of(answer(status="Erro", codigo_erro=31, erros=[{"erro": "CPF 529.982.247-25 e 52998224725 ruins"}]))
    assert "529.982.247-25" not in str(got)
    assert "52998224725" not in str(got)


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("Em aberto", "open"),
        ("aberto", "open"),
        ("preparando_envio", "preparing"),
        ("NÃO ENTREGUE", "undelivered"),
        ("Nao entregue", "undelivered"),
        ("Atendido", "invoiced"),
        ("Cancelado pelo marketplace", "cancelled"),
        ("Novo estado", "unknown"),
        (None, "unknown"),
    ],
)
def test_labels_of_states_without_case_or_accent(label, meaning):
    assert status(label) == meaning

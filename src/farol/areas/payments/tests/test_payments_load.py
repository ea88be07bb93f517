"""Loading payment facts: what is found out by itself, what is refused, what an upsert does."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import random
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farol.areas.payments.load import load
from farol.core.errors import BadInput, Refused
from farol.engines.sources.loader import FileToLoad, LoadOutcome, LoadRequest, RowsRejected, silent
from farol.engines.warehouse import CheckFailed, open_reader, versions

SAMPLE = Path(__file__).resolve().parents[6] / "shared/data/payments/Operations_analyst_data.csv"
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="../shared is absent")
HEADER = (
    "day,entity,product,price_tier,anticipation_method,payment_method,installments,"
    "amount_transacted,quantity_transactions,quantity_of_merchants"
)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.FAROL_HOME = tmp_path / "home"
    with translation.override("en"):
        yield settings.FAROL_HOME


def send(*paths: Path, run: str = "1", **options) -> LoadOutcome:
    return load(LoadRequest(tuple(FileToLoad(p, p.name) for p in paths), **options), run, silent)


def row(day="2025-01-13", amount="10.00", quantity="2", product="pix", merchants="1", installments="1") -> str:
    return f"{day},PJ,{product},normal,Pix,uninformed,{installments},{amount},{quantity},{merchants}"


def text(tmp_path: Path, *rows: str, header: str = HEADER, name: str = "facts.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def published() -> list[tuple]:
    with open_reader("payments") as reader:
        return reader.rows(f"SELECT * FROM {reader.table('kpi_daily')} ORDER BY ALL")


def counts(outcome: LoadOutcome) -> tuple[int, int, int, int]:
    return outcome.rows_new, outcome.rows_changed, outcome.rows_unchanged, outcome.rows_deleted


# ---- golden figures of the sample


@needs_sample
def test_sample_lands_whole_and_to_the_centavo():
    outcome = send(SAMPLE)
    assert (outcome.rows_read, counts(outcome)) == (24577, (24577, 0, 0, 0))
    with SAMPLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open_reader("payments") as reader:
        ((n, amount, quantity, merchants),) = reader.rows(
            "SELECT count(*), sum(amount_centavos), sum(quantity_transactions), sum(quantity_of_merchants)"
            f" FROM {reader.table('kpi_daily')}"
        )
        assert (reader.first_day, reader.last_day) == (dt.date(2025, 1, 1), dt.date(2025, 2, 28))
    assert n == len(rows)
    assert amount == 100 * sum(Decimal(r["amount_transacted"]) for r in rows)
    assert quantity == sum(int(r["quantity_transactions"]) for r in rows)
    assert merchants == sum(int(r["quantity_of_merchants"]) for r in rows)


@needs_sample
def test_same_file_twice_changes_nothing_and_publishes_nothing():
    send(SAMPLE)
    again = send(SAMPLE, run="2")
    assert counts(again) == (0, 0, 24577, 0)
    assert again.data_version == "1"
    assert len(versions("payments")) == 1


def brazilian(rows: list[list[str]]) -> list[list[str]]:
    """Decimal comma with grouping, dd/mm/aaaa, Portuguese names with accents."""
    names = ["Dia", "Entidade", "Produto", "Faixa de Preço", "Método de Antecipação", "Método de Pagamento"]
    names += ["Parcelas", "Valor Transacionado", "Qtd Transações", "Quantidade de Lojistas"]
    out = [names]
    for r in rows[1:]:
        day = dt.date.fromisoformat(r[0])
        amount = f"{Decimal(r[7]):,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
        out.append([day.strftime("%d/%m/%Y"), *r[1:7], amount, *r[8:]])
    return out


def written(path: Path, rows: list[list[str]], delimiter: str, encoding: str, packed: bool = False) -> Path:
    opener = gzip.open if packed else open
    with opener(path, "wt", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


@needs_sample
@pytest.mark.parametrize(
    ("delimiter", "encoding", "packed"),
    [(";", "latin-1", False), ("\t", "utf-8", False), ("|", "utf-8-sig", True), (";", "cp1252", True)],
)
def test_every_spelling_of_the_sample_is_the_same_data(tmp_path, delimiter, encoding, packed):
    send(SAMPLE)
    with SAMPLE.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    path = written(tmp_path / "variant", brazilian(rows), delimiter, encoding, packed)
    again = send(path, run="2")
    assert counts(again) == (0, 0, 24577, 0)
    report = again.columns["variant"]
    assert (report["decimal"], report["days"]) == (",", "dmy")
    assert report["renamed"]["Faixa de Preço"] == "price_tier"


@needs_sample
def test_workbook_is_the_same_data(tmp_path):
    send(SAMPLE)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    with SAMPLE.open(encoding="utf-8") as file:
        for number, r in enumerate(csv.reader(file)):
            if number:
                r = [dt.date.fromisoformat(r[0]), *r[1:6], int(r[6]), float(r[7]), int(r[8]), int(r[9])]
            sheet.append(r)
    book.save(tmp_path / "facts.xlsx")
    assert counts(send(tmp_path / "facts.xlsx", run="2")) == (0, 0, 24577, 0)


# ---- evidence, or a question


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["13/02/2025"], "dmy"),
        (["02/13/2025"], "mdy"),
        (["01/02/2025", "02/02/2025", "03/02/2025"], "dmy"),
        (["02/01/2025", "02/02/2025", "02/03/2025"], "mdy"),
        (["03.02.2025", "25.02.2025"], "dmy"),
        (["20250203"], "ymd"),
        (["2025-02-03 00:00:00"], "ymd"),
    ],
)
def test_order_of_days_is_proven(tmp_path, days, order):
    outcome = send(text(tmp_path, *(row(day=d, installments=str(i + 1)) for i, d in enumerate(days))))
    assert outcome.columns["facts.csv"]["days"] == order


def test_doubtful_day_is_asked_for(tmp_path):
    path = text(tmp_path, row(day="03/02/2025"))
    with pytest.raises(BadInput) as caught:
        send(path)
    assert caught.value.field == "date-format"
    send(path, date_format="dd/mm/aaaa")
    assert published()[0][0] == dt.date(2025, 2, 3)


def test_decimal_comma_proves_that_the_day_comes_first(tmp_path):
    header = HEADER.replace(",", ";")
    path = text(tmp_path, row(day="03/02/2025", amount="#").replace(",", ";").replace("#", "10,50"), header=header)
    send(path)
    assert (published()[0][0], published()[0][8]) == (dt.date(2025, 2, 3), 1050)


def test_doubtful_amount_is_asked_for(tmp_path):
    path = text(tmp_path, row(amount="1.234"), row(amount="2.500", product="pos"))
    with pytest.raises(BadInput) as caught:
        send(path)
    assert caught.value.field == "decimal"
    send(path, decimal=",")
    assert {r[8] for r in published()} == {123400, 250000}


def test_amounts_as_people_write_them(tmp_path):
    amounts = {"R$ 1.234,56": 123456, "0,5": 50, "7": 700, "1.000.000,00": 100000000}
    header = HEADER.replace(",", ";")
    rows = [row(amount="#", installments=str(i + 1)).replace(",", ";").replace("#", a) for i, a in enumerate(amounts)]
    send(text(tmp_path, *rows, header=header))
    assert sorted(r[8] for r in published()) == sorted(amounts.values())


# ---- what cannot be loaded


def test_missing_column_is_named_with_what_was_found(tmp_path):
    path = text(tmp_path, "2025-01-13,PJ", header="day,entity")
    with pytest.raises(BadInput, match="amount_transacted") as caught:
        send(path)
    assert "day, entity" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", (HEADER + "\n").encode(), b"\x89PNG\r\n\x1a\n\0\0\0"])
def test_files_without_rows_are_refused(tmp_path, content):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        send(path)


def test_cut_archive_is_refused_and_the_published_version_stays(tmp_path):
    send(text(tmp_path, row()))
    whole = gzip.compress((HEADER + "\n" + "\n".join(row(installments=str(i)) for i in range(5000))).encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match="cut"):
        send(path, run="2")
    assert len(published()) == 1


def test_endless_line_is_refused(tmp_path):
    path = tmp_path / "line.csv"
    path.write_bytes(HEADER.encode() + b"\n" + b"x" * (5 << 20))
    with pytest.raises(BadInput, match="2 MB"):
        send(path)


BAD = {
    "abc": row(amount="abc"),
    "negative": row(amount="-1.00"),
    "not a day": row(day="2025-02-31"),
    "is empty": row(product=""),
    "whole number": row(quantity="2.5"),
    "far": row(day="0025-01-01"),
    "columns": row() + ",surplus",
}


@pytest.mark.parametrize("reason", BAD)
def test_one_bad_row_of_many_stops_everything_and_is_explained(tmp_path, home, reason):
    rng = random.Random(reason)
    rows = [row(installments=str(i % 12 + 1), product=f"p{i // 12}") for i in range(2000)]
    place = rng.randrange(2000)
    rows[place] = BAD[reason]
    with pytest.raises(RowsRejected) as caught:
        send(text(tmp_path, *rows))
    outcome = caught.value.outcome
    assert (outcome.rows_read, outcome.rows_rejected, outcome.rows_new) == (2000, 1, 0)
    with Path(outcome.rejects_file).open(encoding="utf-8-sig") as file:
        ((_name, line, why, *cells),) = list(csv.reader(file, delimiter=";"))[1:]
    assert int(line) == place + 2
    assert reason in why
    assert cells[1] == "PJ"
    assert not versions("payments")


def test_twins_that_differ_are_both_refused_and_identical_ones_become_one(tmp_path):
    with pytest.raises(RowsRejected) as caught:
        send(text(tmp_path, row(), row(amount="11.00"), row(product="pos")))
    assert caught.value.outcome.rows_rejected == 2
    outcome = send(text(tmp_path, row(), row(), row(product="pos")))
    assert (outcome.rows_read, outcome.rows_new) == (3, 2)


def test_rejects_hold_no_formulas(tmp_path):
    with pytest.raises(RowsRejected) as caught:
        send(text(tmp_path, row(product="=1+1", amount="x")))
    assert "'=1+1" in Path(caught.value.outcome.rejects_file).read_text(encoding="utf-8-sig")


def test_unreadable_optional_cell_is_refused_not_dropped(tmp_path):
    with pytest.raises(RowsRejected):
        send(text(tmp_path, row() + ",abc", header=HEADER + ",tarifa"))


def test_quoted_line_breaks_keep_line_numbers(tmp_path):
    rows = [row() + ',"two\nlines"', row(amount="abc", product="pos") + ",x"]
    with pytest.raises(RowsRejected) as caught:
        send(text(tmp_path, *rows, header=HEADER + ",note"))
    assert ";4;" in Path(caught.value.outcome.rejects_file).read_text(encoding="utf-8-sig")


# ---- upsert


def test_upsert_counts_new_changed_unchanged_and_deleted(tmp_path):
    send(text(tmp_path, row(), row(product="pos"), row(product="tap"), row(day="2025-01-14")))
    changed = text(tmp_path, row(amount="99.00"), row(product="pos"), row(product="link"))
    assert counts(send(changed, run="2")) == (1, 1, 1, 0)
    assert len(published()) == 5
    assert counts(send(changed, run="3", replace_days=True)) == (0, 0, 3, 1)
    assert {(r[0].day, r[2]) for r in published()} == {(13, "pix"), (13, "pos"), (13, "link"), (14, "pix")}


def test_several_files_are_one_load(tmp_path):
    one, two = text(tmp_path, row(), name="a.csv"), text(tmp_path, row(product="pos"), name="b.csv")
    assert send(one, two).rows_new == 2
    assert len(versions("payments")) == 1


def test_other_columns_are_kept_as_json_and_optional_ones_by_name(tmp_path):
    send(text(tmp_path, row() + ",loja 1,1.50,obs,", header=HEADER + ",merchant_id,mdr,note,empty"))
    (found,) = published()
    assert (found[7], found[11]) == ("loja 1", 150)
    assert json.loads(found[14])["note"] == "obs"


def test_columns_a_file_lacks_keep_what_earlier_files_brought(tmp_path):
    send(text(tmp_path, row() + ",1.50", header=HEADER + ",fee_amount"))
    assert counts(send(text(tmp_path, row(amount="20.00")), run="2")) == (0, 1, 0, 0)
    assert (published()[0][8], published()[0][11]) == (2000, 150)


facts = st.dictionaries(
    st.tuples(st.integers(0, 40), st.sampled_from(["pix", "pos"]), st.integers(1, 3)),
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=facts, second=facts)
def test_loading_is_an_upsert_whatever_comes(tmp_path_factory, settings, first, second):
    folder = tmp_path_factory.mktemp("upsert")
    settings.FAROL_HOME = folder / "home"

    def file(name: str, found: dict) -> Path:
        rows = [
            row(
                day=str(dt.date(2025, 1, 1) + dt.timedelta(days=d)),
                product=p,
                installments=str(i),
                amount=f"{a / 100:.2f}",
                quantity=str(q),
            )
            for (d, p, i), (a, q) in found.items()
        ]
        return text(folder, *rows, name=name)

    one, two = file("a.csv", first), file("b.csv", second)
    send(one)
    expected_changed = sum(first[k] != v for k, v in second.items() if k in first)
    outcome = send(two)
    assert counts(outcome)[:2] == (len(second.keys() - first.keys()), expected_changed)
    assert counts(send(two))[:2] == (0, 0)
    both = {**first, **second}
    assert {((r[0] - dt.date(2025, 1, 1)).days, r[2], r[6]): (r[8], r[9]) for r in published()} == both


# ---- checks before publishing (I7)


def month(
    tmp_path: Path, days: range, name: str, rows: int = 100, amount: float = 100.0, cut: float = 1.0, fee: bool = True
) -> Path:
    rng = random.Random(name)
    lines = []
    for offset in days:
        day = dt.date(2025, 3, 3) + dt.timedelta(days=offset)
        scale = amount * (0.5 if day.weekday() > 4 else 1) * rng.uniform(0.85, 1.2)
        for i in range(int(rows * cut)):
            paid = "1.00" if fee else ""
            lines.append(f"{row(day=str(day), amount=f'{scale + i:.2f}', installments=str(i + 1))},{paid}")
    return text(tmp_path, *lines, header=HEADER + ",fee_amount", name=name)


@pytest.fixture
def history(tmp_path):
    send(month(tmp_path, range(42), "history.csv"))


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("fault", "check"),
    [({"cut": 0.7}, "day_rows"), ({"amount": 400.0}, "day_amount"), ({"fee": False}, "optional_nulls")],
)
def test_planted_bad_loads_are_stopped_before_publishing(tmp_path, fault, check):
    bad = month(tmp_path, range(42, 43), "bad.csv", **fault)
    with pytest.raises(CheckFailed) as caught:
        send(bad, run="2")
    assert [f.check for f in caught.value.findings] == [check]
    assert versions("payments")[0].name == "1"
    assert send(month(tmp_path, range(42, 43), "good.csv"), run="3").data_version == "2"


@pytest.mark.usefixtures("history")
def test_clean_days_are_not_stopped_and_an_accepted_one_passes_with_a_note(tmp_path):
    for place in range(42, 52):
        send(month(tmp_path, range(place, place + 1), f"day{place}.csv"), run=str(place))
    jump = month(tmp_path, range(52, 53), "jump.csv", amount=500.0)
    outcome = send(jump, run="99", accepted=("day_amount",))
    assert [f.check for f in versions("payments")[0].findings] == ["day_amount"]
    assert outcome.data_version == "12"


def test_missing_days_are_a_note(tmp_path):
    send(text(tmp_path, row(), row(day="2025-01-16")))
    (note,) = versions("payments")[0].findings
    assert (note.check, note.params["count"], note.hard) == ("gaps", 2, False)


def test_merchants_and_totals_of_one_day_do_not_add_up_silently(tmp_path):
    send(text(tmp_path, row()))
    with pytest.raises(Refused):
        send(text(tmp_path, row() + ",loja 1", header=HEADER + ",merchant"), run="2")

"""`farol forecast series`: what it reads, what it answers, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from farol.cli.root import build


def _asked(folder: Path, text: str, *more: str) -> Result:
    path = folder / "series.csv"
    path.write_text("series,period,value\n" + text, encoding="utf-8")
    with translation.override("en"):
        return CliRunner().invoke(build(), ["forecast", "series", str(path), "--horizon", "2", *more])


def test_months_days_and_numbers_go_on_where_they_end(tmp_path: Path) -> None:
    months = "".join(f"m,2024-{month:02},{month}\n" for month in range(3, 13))
    days = "".join(f"d,2024-02-{day:02},{day}\n" for day in range(20, 30))
    found = json.loads(_asked(tmp_path, months + days, "--format", "json").stdout)["rows"]
    periods = [(row["series"], row["period"]) for row in found]
    assert periods == [("m", "2025-01"), ("m", "2025-02"), ("d", "2024-03-01"), ("d", "2024-03-02")]
    assert set(found[0]) == {"series", "period", "value", "low", "high"}
    numbers = "".join(f"n,{number},{number}\n" for number in range(8))
    found = json.loads(_asked(tmp_path, numbers, "--season", "4").stdout)["rows"]
    assert [row["period"] for row in found] == ["8", "9"]


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    lines = [f"m,2024-{month:02},{month}\n" for month in range(1, 9)]
    assert _asked(tmp_path, "".join(lines)).stdout == _asked(tmp_path, "".join(reversed(lines))).stdout


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,2024-01,1\na,2024-02,2\na,2024-04,3\n", "Line 4: 2024-03"),
        ("a,2024-01,1\na,2024-01,2\n", "Line 3: 2024-01"),
        ("a,2024-01,um\n", "Line 2: “um”"),
        ("a,2024-01,nan\n", "Line 2: “nan”"),
        ("a,2024-01,1_000\n", "Line 2: “1_000” is not"),
        ("a,2024-01,1e308\n", "Line 2: “1e308” is too large"),
        ("a,2024-01\n", "Line 2: the value is missing"),
        ("a,2024-01,1,5\n", "Line 2: there are more fields than columns"),
        ("".join(f"a,9999-12-{day},1\n" for day in range(20, 32)), "beyond the year 9999"),
        ("a,2024-13,1\n", "Line 2: “2024-13”"),
        ("a,2024-01,1\na,2024-02-01,1\n", "Line 3: “2024-02-01”"),
        ("a,2024-01,1\na,2024-02,2\n", "fewer than 4"),
        ("", "no rows"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_answered(tmp_path: Path, text: str, sentence: str) -> None:
    result = _asked(tmp_path, text)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


@pytest.mark.parametrize(("text", "sentence"), [("", "is empty"), ("series;period;value\n", "“series;period;value”")])
def test_a_file_without_the_columns_is_told_them(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(text, encoding="utf-8")
    with translation.override("en"):
        result = CliRunner().invoke(build(), ["forecast", "series", str(path), "--horizon", "2"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


def test_plain_numbers_need_a_season(tmp_path: Path) -> None:
    result = _asked(tmp_path, "n,1,1\nn,2,2\nn,3,3\nn,4,4\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--season" in result.stderr

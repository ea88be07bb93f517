"""`farol alerts run` from a file with incidents to the rows it prints."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random

import pytest
from click.testing import CliRunner
from django.test import override_settings

from farol.areas.payments.load import LOADERS
from farol.cli.root import build
from farol.engines.alerts.models import AlertCase
from farol.engines.sources.loader import FileToLoad, LoadRequest, silent
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.rights import rights_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 5, 14)
HEAD = [
    *("day", "entity", "product", "price_tier", "anticipation_method", "payment_method", "installments"),
    *("amount_transacted", "quantity_transactions", "quantity_of_merchants"),
]
PRODUCTS = {"pos": ("credit", 9e6), "tap": ("debit", 6e6), "link": ("credit", 4e6), "pix": ("uninformed", 3e6)}
WEEK = (1.0, 1.0, 1.05, 1.1, 1.2, 0.8, 0.5)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Half a year of quiet days; on the last one `link` brings half and `pix` nothing, in a company of two entities."""
    home = tmp_path_factory.mktemp("home").resolve()
    file, rng = home / "facts.csv", random.Random(4)
    with file.open("w", newline="", encoding="utf-8") as out:
        write = csv.writer(out).writerow
        write(HEAD)
        for day in (DAY - dt.timedelta(days=back) for back in range(180, -1, -1)):
            for (product, (method, size)), entity in ((p, e) for p in PRODUCTS.items() for e in ("PF", "PJ")):
                amount = size * WEEK[day.weekday()] * rng.lognormvariate(0, 0.02) * (1.5 if entity == "PJ" else 1)
                amount *= {"link": 0.5, "pix": 0}.get(product, 1) if day == DAY else 1
                if amount:
                    write([day, entity, product, "normal", "D1", method, 1, f"{amount:.2f}", round(amount / 90), 9])
    with override_settings(FAROL_HOME=home):
        LOADERS[0].load(LoadRequest(files=(FileToLoad(file, file.name),)), "alerts", silent)
        yield


def alerts(*words: str):
    return CliRunner().invoke(build(), ["alerts", "run", "--area", "payments", *words])


def test_rows_of_the_contract(loaded):
    done = alerts("--date", DAY.isoformat(), "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found) == {"date", "data_version", "alerts", "checked"}
    asked = "date segment measure observed expected low high delta z score direction status explained_by kind case"
    assert all(set(asked.split()) <= set(row) for row in found["alerts"])
    new = {json.dumps(row["segment"]): row for row in found["alerts"] if row["status"] == "new"}
    assert set(new) == {'{"product": "link"}', '{"product": "pix"}'}
    link, pix = new['{"product": "link"}'], new['{"product": "pix"}']
    assert (link["kind"], link["direction"], link["measure"]) == ("level", "down", "tpv")
    assert (pix["kind"], pix["observed"]) == ("vanished", "0.00")
    assert isinstance(link["z"], float)
    assert link["score"] < -5
    assert all(bool(row["explained_by"]) == (row["status"] == "explained") for row in found["alerts"])
    assert AlertCase.objects.count() == 2


def test_running_again_gives_the_same_rows(loaded):
    one, other = (alerts("--date", DAY.isoformat(), "--format", "json").stdout for _turn in range(2))
    assert one == other


def test_a_quiet_day_and_the_classic_rule(loaded):
    quiet = json.loads(alerts("--date", "2025-05-07", "--format", "json").stdout)
    assert quiet["alerts"] == []
    classic = json.loads(alerts("--date", DAY.isoformat(), "--rule", "classic", "--format", "json").stdout)
    assert all(row["z"] < -2 for row in classic["alerts"])
    assert not any(row["segment"].get("product") == "pix" for row in classic["alerts"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--date", "2025-08-01"), 1),
        (("--date", "tomorrow"), 2),
        (("--date", DAY.isoformat(), "--area", "nothing"), 1),
        (("--date", DAY.isoformat(), "--as", "nobody@example.com"), 2),
        (("--date", DAY.isoformat(), "--as", "seller@example.com"), 1),
    ],
)
def test_refusals(loaded, words, code):
    role = Role.objects.create(slug="seller2", name="s", rights=rights_of("seller"))
    User.objects.create(email="seller@example.com").roles.add(role)
    done = alerts(*words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr
    assert AlertCase.objects.count() == 0

"""Every measure of a made-up shop against the same one worked out in plain Python: all, a seller's own, a channel."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from farol.areas.crm.tests.reckoned import Shop
from farol.connectors.kommo.simulator import Simulator, seeded
from farol.core import clock
from farol.engines.metrics import Query, get_model, parse_period
from farol.engines.metrics.answer import answer
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import start, sync
from farol.engines.warehouse import find_dataset, open_reader, open_stage
from farol.platform.accounts.principal import SYSTEM

NOON = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)
PERIODS = ("2026-07-01..2026-11-17", "2026-10", "2026-11-02..2026-11-08", "2026-11-13")
SELLER, CHANNEL = "9000002", "paid"
VIEWS = {
    "everybody": ({}, {}, lambda _shop: lambda _lead, _who: True),
    "a seller": ({"responsible_id": (SELLER,)}, {}, lambda _shop: lambda _lead, who: who == SELLER),
    "a channel": (
        {},
        {"channel": CHANNEL},
        lambda shop: lambda lead, _who: lead and shop.channels.get(lead["id"]) == CHANNEL,
    ),
}


def shop_of(reader) -> Shop:
    """The stage as it stands, with the channels that were published."""
    tables = ("lead", "status", "task", "event", "note")
    with open_stage(find_dataset("crm"), clean=False) as stage:
        rows = {}
        for table in tables:
            found = stage.connection.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in found.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        until = int(stage.mark("until:default") or 0)
    channels = dict(reader.rows(f"SELECT lead_id, channel FROM {reader.table('lead')}"))
    return Shop(rows, channels, until)


def differences(reader, shop: Shop) -> list[tuple]:
    found = []
    for text in PERIODS:
        period = parse_period(text)
        for view, (rules, where, kept) in VIEWS.items():
            wanted = shop.answers(period.start, period.end, kept(shop))
            for model in ("leads", "deals", "stages", "activities", "pipeline"):
                names = [measure.name for measure in get_model(model).measures]
                (row,) = answer(reader, Query(model, names, (), where, period), rules).rows
                for name in names:
                    key = f"{model}.{name}"
                    if not same(row[name], wanted.get(key, "not reckoned")):
                        found.append((text, view, key, row[name], wanted.get(key)))
    return found


def same(told, reckoned) -> bool:
    if told is None or reckoned is None or isinstance(reckoned, str):
        return told is None and reckoned is None
    return abs(Fraction(Decimal(told)) - Fraction(reckoned)) < Fraction(1, 10**9)


@pytest.mark.django_db
def test_every_measure_is_what_the_records_say(settings, tmp_path):
    settings.FAROL_HOME = tmp_path
    settings.FAROL_KOMMO_PER_SECOND, settings.FAROL_KOMMO_PARALLEL = 50.0, 1
    with clock.frozen(NOON), Simulator(seeded(5, NOON, 160, 4), per_second=1000) as simulator:
        settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = simulator.url, simulator.token
        source = find_source("kommo")
        outcome = sync(source, start(source, SYSTEM, full=True, since=None, cause="command"), full=True)
        assert outcome.status == "done", outcome.error
        with open_reader("crm") as reader:
            shop = shop_of(reader)
            assert len(shop.leads) > 150
            assert differences(reader, shop) == []

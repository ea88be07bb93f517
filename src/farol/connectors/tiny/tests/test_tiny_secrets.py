"""The token and the documents of people stay out of errors, logs, pages and the journal."""

from __future__ import annotations

import logging
import traceback

import pytest

from farol.connectors.tiny import ErpError, Order, OrderItem, Party, erp_channel, gateway
from farol.connectors.tiny.simulator.faults import PLANTED
from farol.platform.jobs.models import Presence
from farol.platform.outbox import channels, delivery, enqueue
from farol.platform.outbox.models import OutboxMessage

CPF = "52998224725"
ORDER = Order("GT-2026-000001", Party("Ana Lima", CPF), (OrderItem("SKU-1", "Módulo", 1),))


@pytest.mark.parametrize("fault", [*PLANTED, "no server", "wrong token"])
def test_no_error_shows_the_token_or_the_document(db, tiny, settings, caplog, monkeypatch, fault):
    caplog.set_level(logging.DEBUG)
    token = settings.FAROL_TINY_TOKEN
    if fault == "no server":
        settings.FAROL_TINY_URL = "http://127.0.0.1:9"
    elif fault == "wrong token":
        tiny.token = "another"
    else:
        tiny.chance.planted.append(fault)
    with pytest.raises(ErpError) as caught:
        gateway().create_order(ORDER)
    shown = "".join(traceback.format_exception(caught.value))
    said = shown + repr(caught.value) + caplog.text + tiny.books._journal.path.read_text().replace(f'"{CPF}"', "")
    assert token not in said
    assert CPF not in shown + caplog.text


def test_the_outbox_shows_neither(db, tiny, settings, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    channel = erp_channel("tiny.order", "x", Order.from_json, lambda *_args: None)
    monkeypatch.setattr(channels, "collect", lambda *_names: (channel,))
    life = Presence.objects.create(id="w", kind="worker", host="test", pid=1).pk
    enqueue("tiny.order", ORDER.key, ORDER.as_json())
    tiny.chance.planted.append("cut")
    delivery.deliver_next(channel, life)
    row = OutboxMessage.objects.get()
    assert row.doubts == 1
    for text in (caplog.text, row.error, bytes(row.payload).decode("latin-1")):
        assert settings.FAROL_TINY_TOKEN not in text
        assert CPF not in text


def test_the_client_does_not_print_its_token(db, tiny, settings):
    assert settings.FAROL_TINY_TOKEN not in repr(gateway()._client)

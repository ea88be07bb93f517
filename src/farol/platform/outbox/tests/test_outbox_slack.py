"""Slack against a real HTTP server in this process."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from farol.platform.outbox import delivery, enqueue, slack
from farol.platform.outbox.deliveries import CHANNELS
from farol.platform.outbox.models import OutboxMessage, State

SLACK = next(channel for channel in CHANNELS if channel.name == "slack")


@pytest.fixture
def webhook(db, settings):
    """A webhook whose next answers are in `answers`: (status, headers), `cut` or `hang`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.bodies.append(json.loads(body))
            answer = server.answers.pop(0) if server.answers else (200, {})
            if answer == "cut":
                self.connection.close()
                return
            if answer == "hang":
                time.sleep(1)
                return
            self.send_response(answer[0])
            for name, value in answer[1].items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.bodies, server.answers = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.FAROL_SLACK_WEBHOOK = f"http://127.0.0.1:{server.server_port}/services/T0/B0/very-secret-part"
    yield server
    server.shutdown()
    server.server_close()


def send(life: str, **payload) -> OutboxMessage:
    enqueue("slack", "k", payload or {"text": "olá"})
    delivery.deliver_next(SLACK, life)
    return OutboxMessage.objects.get()


def test_text_arrives_and_is_inert(webhook, life):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "<@U1> & <!here>"}}]
    assert send(life, text="<!channel> TPV caiu", blocks=blocks).state == State.DONE
    assert webhook.bodies[0]["text"] == "&lt;!channel&gt; TPV caiu"
    assert webhook.bodies[0]["blocks"][0]["text"]["text"] == "&lt;@U1&gt; &amp; &lt;!here&gt;"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((500, {}), State.QUEUED),
        ((503, {"Retry-After": "30"}), State.QUEUED),
        ((429, {"Retry-After": "30"}), State.QUEUED),
        ((429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), State.QUEUED),
        ((429, {"Retry-After": "soon"}), State.QUEUED),
        ("cut", State.QUEUED),
        ((302, {"Location": "http://127.0.0.1:1/"}), State.FAILED),
        ((404, {}), State.FAILED),
    ],
)
def test_what_the_server_does_decides(webhook, life, answer, state):
    webhook.answers.append(answer)
    message = send(life)
    assert message.state == state
    assert "very-secret-part" not in message.error


def test_the_named_wait_is_kept(webhook, life):
    webhook.answers.append((429, {"Retry-After": "1200"}))
    message = send(life)
    assert (message.next_at - message.created_at).total_seconds() >= 1200


def test_a_server_that_hangs_is_given_up(webhook, life, monkeypatch):
    monkeypatch.setattr(slack, "TIMEOUT", httpx.Timeout(0.2))
    webhook.answers.append("hang")
    assert send(life).state == State.QUEUED


def test_nobody_listens(webhook, life, settings):
    settings.FAROL_SLACK_WEBHOOK = "http://127.0.0.1:1/very-secret-part"
    message = send(life)
    assert message.state == State.QUEUED
    assert "very-secret-part" not in message.error

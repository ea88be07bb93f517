"""Tasks, notes and leads written into Kommo: searched for before each is made, since Kommo knows no key of ours.

What is made ends with a mark such as `[FAROL:17]`, by which it is found again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from farol.connectors.kommo.account import client, configured
from farol.engines.sources.errors import (
    Billing,
    Blocked,
    Doubt,
    Forbidden,
    Missing,
    Rejected,
    Slow,
    SourceError,
    Unauthorised,
    Unreachable,
    Waits,
)
from farol.engines.sources.http import Http
from farol.platform.outbox import Message, Permanent, Retry, Shut, enqueue

FOLLOW_UP = 1
REST, PAUSE = 300.0, 60.0
MOST_PAGES = 20
Payload = dict[str, Any]
Params = list[tuple[str, str]]


def enqueue_task(lead_task_id: int, lead_id: str, text: str, due: dt.datetime, responsible_id: str = "") -> bool:
    """A follow-up on a lead, due at an aware instant, for the user `responsible_id`; False if it is on its way already.

    `lead_task_id` is the record that asks (`crm.task:17`). To be called in the transaction of its cause.
    """
    more = {"due": int(due.timestamp()), "responsible_id": responsible_id}
    return _put("kommo.task", lead_task_id, lead_id=lead_id, text=text, **more)


def enqueue_note(lead_task_id: int, lead_id: str, text: str) -> bool:
    """A note on a lead; otherwise as `enqueue_task`."""
    return _put("kommo.note", lead_task_id, lead_id=lead_id, text=text)


def enqueue_lead(reference: int, name: str, *, price: int = 0, responsible_id: str = "") -> bool:
    """A lead called `name` in the first stage, worth `price` whole reais; `reference` is the record that asks."""
    return _put("kommo.lead", reference, text=name, price=price, responsible_id=responsible_id)


def _put(channel: str, reference: int, **payload: object) -> bool:
    record = f"crm.{channel.partition('.')[2]}:{reference}"
    return enqueue(channel, record, {"ref": reference, "record": record, **payload})


def mark(payload: Payload) -> str:
    return f"[FAROL:{payload['ref']}]"


def make_task(message: Message) -> dict[str, str]:
    payload = message.payload
    row = {
        "text": f"{payload['text']} {mark(payload)}",
        "complete_till": payload["due"],
        "entity_id": int(payload["lead_id"]),
        "entity_type": "leads",
        "task_type_id": FOLLOW_UP,
    }
    return _made("/tasks", row | _owner(payload))


def make_note(message: Message) -> dict[str, str]:
    payload = message.payload
    params = {"text": f"{payload['text']} {mark(payload)}"}
    return _made("/leads/notes", {"entity_id": int(payload["lead_id"]), "note_type": "common", "params": params})


def make_lead(message: Message) -> dict[str, str]:
    payload = message.payload
    row = {"name": f"{payload['text']} {mark(payload)}"}
    return _made("/leads", row | _owner(payload) | ({"price": payload["price"]} if payload.get("price") else {}))


def find_task(message: Message) -> dict[str, str] | None:
    asked = [("filter[entity_type]", "leads"), ("filter[entity_id][]", message.payload["lead_id"])]
    return _found("/tasks", asked, message.payload, lambda row: row.get("text"))


def find_note(message: Message) -> dict[str, str] | None:
    asked = [("filter[entity_id][]", message.payload["lead_id"])]
    return _found("/leads/notes", asked, message.payload, lambda row: (row.get("params") or {}).get("text"))


def find_lead(message: Message) -> dict[str, str] | None:
    return _found("/leads", [("query", mark(message.payload))], message.payload, lambda row: row.get("name"))


def _owner(payload: Payload) -> dict[str, int]:
    """The person who is to do it; a lead of nobody's stays so."""
    owner = payload.get("responsible_id") or ""
    return {"responsible_user_id": int(owner)} if owner.isdigit() else {}


def _made(path: str, row: dict[str, Any]) -> dict[str, str]:
    with _judged() as http:
        body = http.post(path, [row]).body
        try:
            return {"id": str(body["_embedded"][path.rpartition("/")[2]][0]["id"])}
        except (KeyError, TypeError, IndexError):
            raise Doubt(_("Kommo said yes without naming what it made.")) from None


def _found(path: str, asked: Params, payload: Payload, text: Callable[[dict[str, Any]], Any]) -> dict[str, str] | None:
    wanted = mark(payload)
    try:
        with _judged() as http:
            for row in _rows(http, path, asked):
                if str(text(row) or "").endswith(wanted):
                    return {"id": str(row["id"])}
    except (KeyError, TypeError, AttributeError) as error:
        raise Retry(_("Kommo's answer could not be read.")) from error
    return None


def _rows(http: Http, path: str, asked: Params) -> Iterator[dict[str, Any]]:
    for number in range(1, MOST_PAGES + 1):
        body = http.get(path, [*asked, ("limit", "250"), ("page", str(number))]).body
        if body is None:
            return
        yield from body["_embedded"][path.rpartition("/")[2]]
        if "next" not in body["_links"]:
            return


@contextmanager
def _judged() -> Iterator[Http]:
    """Kommo's errors in the outbox's terms; a doubt stays what it is."""
    if not configured():
        raise Shut(_("No Kommo is set up. Set FAROL_KOMMO_URL and FAROL_KOMMO_TOKEN."), after=REST)
    http = client(tries=2, longest_wait=20.0)
    try:
        yield http
    except Doubt:
        raise
    except (Unauthorised, Forbidden, Billing, Missing) as error:  # lists are never missing: it is the wrong address
        raise Shut(str(error), after=REST) from error
    except Waits as error:
        after = error.after if not isinstance(error, Blocked) else max(error.after, REST)
        raise Shut(str(error), after=after) from error
    except Rejected as error:
        raise Permanent(str(error)) from error
    except Slow as error:
        raise Retry(str(error)) from error  # this question may be too much for it
    except Unreachable as error:
        raise Shut(str(error), after=PAUSE) from error  # nobody is there, for however long: no message is to blame
    except SourceError as error:
        raise Retry(str(error)) from error
    finally:
        http.close()

"""The way of documents into the ERP: search before every create, looks at growing intervals after a doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from farol.connectors.tiny.port import (
    Document,
    ErpBusy,
    ErpDoubt,
    ErpGateway,
    ErpRefused,
    ErpShut,
    Order,
    Payable,
)
from farol.platform.outbox import Channel, Message, Permanent, Retry, Shut

# the index of the ERP may be late by two minutes: three looks over ten minutes before a second create
LOOKS = (45.0, 135.0, 420.0)
REST_SHUT = 300.0

Build = Callable[[dict[str, Any]], Order | Payable]
Told = Callable[[dict[str, Any], str, str], None]


def erp_channel(
    name: str,
    label: Any,
    build: Build,
    arrived: Callable[[dict[str, Any], Document], None],
    *,
    told: Told | None = None,
    record: Callable[[dict[str, Any]], str] | None = None,
) -> Channel:
    """A channel for orders or payables of the ERP; the key of a message is the key of its document.

    `build(payload)` makes the document; `arrived(payload, document)` runs in the transaction that marks the message
    as done, whether the document was created or found; `told(payload, state, sentence)` in the one that marks it as
    `failed` or `unknown`; `record(payload)` is the text reference of the record (`warranties:17`), for links.
    """
    return Channel(
        name,
        lambda message: _create(build(message.payload)),
        label,
        find=lambda message: _find(build(message.payload)),
        find_first=True,
        looks=LOOKS,
        arrived=lambda message, data: arrived(message.payload, Document.from_json(data)),
        told=_telling(told),
        record=record,
        parallel=1,
    )


def erp_action(
    name: str,
    label: Any,
    act: Callable[[ErpGateway, dict[str, Any]], Any],
    *,
    arrived: Callable[[dict[str, Any]], None] | None = None,
    told: Told | None = None,
    record: Callable[[dict[str, Any]], str] | None = None,
) -> Channel:
    """A channel for what may be done to a document again and again with the same outcome (cancelling it).

    `act(gateway, payload)` does it; the hooks as in `erp_channel`.
    """
    return Channel(
        name,
        lambda message: _done(act, message.payload),
        label,
        repeat_safe=True,
        arrived=lambda message, _result: arrived(message.payload) if arrived else None,
        told=_telling(told),
        record=record,
        parallel=1,
    )


def _telling(told: Told | None) -> Callable[[Message, str, str], None] | None:
    if told is None:
        return None
    return lambda message, state, sentence: told(message.payload, state, sentence)


def _done(act: Callable[[ErpGateway, dict[str, Any]], Any], payload: dict[str, Any]) -> None:
    try:
        _judged(lambda erp: act(erp, payload))
    except ErpDoubt as error:  # doing it again changes nothing
        raise Retry(str(error)) from error


def _create(document: Order | Payable) -> dict[str, Any]:
    made: Document = _judged(
        lambda erp: erp.create_order(document) if isinstance(document, Order) else erp.create_payable(document)
    )
    return made.as_json()


def _find(document: Order | Payable) -> dict[str, Any] | None:
    """A question may be asked again at any time, so that a broken one is no doubt."""
    try:
        found: Document | None = _judged(
            lambda erp: erp.find_order(document.key) if isinstance(document, Order) else erp.find_payable(document)
        )
    except ErpDoubt as error:
        raise Retry(str(error)) from error
    return found.as_json() if found else None


def _judged(ask: Callable[[ErpGateway], Any]) -> Any:
    """The errors of the ERP in the outbox's terms; a doubt stays what it is."""
    from farol.connectors.tiny import gateway

    try:
        return ask(gateway(background=True))
    except ErpShut as error:
        raise Shut(str(error), after=REST_SHUT) from error
    except ErpBusy as error:
        raise Shut(str(error), after=error.after) from error
    except ErpRefused as error:
        raise Permanent(str(error)) from error

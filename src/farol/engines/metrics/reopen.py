"""Opening a receipt: what stood behind a figure, and the figure run again under the rights of whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import FarolError, NotFound
from farol.core.ids import CROCKFORD, read_code
from farol.engines.metrics.answer import answer
from farol.engines.metrics.contribution import explanation
from farol.engines.metrics.drill import Behind, rows_behind
from farol.engines.metrics.model import RowRules, SemanticModel, get_model, printable
from farol.engines.metrics.models import Receipt
from farol.engines.metrics.output import explanation_as_json, plain, rows_as_json
from farol.engines.metrics.period import parse_period
from farol.engines.metrics.query import Query
from farol.engines.metrics.receipts import SHOWN_ROWS, definition_of, rules_as_json
from farol.engines.warehouse import open_reader
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader


@dataclass(frozen=True)
class Opened:
    """A receipt in the hands of a reader.

    `again` are the values run again on the same version and `now` those on the published one, both under the reader's
    row rules and None where that cannot be had; `shown`, what was on the screen, is only for a reader whose rules are
    those of the receipt.
    """

    receipt: Receipt
    model: SemanticModel
    query: Query
    same_rules: bool
    same_definition: bool
    again: Any
    now: Any
    now_version: str

    @property
    def shown(self) -> Any:
        return self.receipt.shown if self.same_rules else None

    @property
    def agrees(self) -> bool | None:
        """True if running it again gives what was shown; None if one of the two cannot be had."""
        return None if self.shown is None or self.again is None else self.again == self.shown

    def as_json(self) -> dict[str, Any]:
        kept = self.receipt
        return {
            "code": kept.code,
            "kind": kept.kind,
            "model": kept.model,
            "definition": kept.definition,
            "query": kept.query,
            "row_rules": kept.rules if self.same_rules else None,
            "data_version": kept.data_version,
            "complete_until": plain(kept.complete_until),
            "published_at": kept.published_at.isoformat(),
            "created_at": clock.local(kept.created_at).isoformat(),
            "shown": self.shown,
            "again": self.again,
            "agrees": self.agrees,
            "definition_unchanged": self.same_definition,
            "now": {"data_version": self.now_version, "values": self.now},
        }


def find_receipt(code: str, principal: Principal) -> Receipt:
    """`NotFound` for an unknown code, `NotAllowed` without the right to its model."""
    typed = read_code(code)
    receipt = Receipt.objects.filter(pk=typed).first() if set(typed) <= set(CROCKFORD) else None
    if receipt is None:
        raise NotFound(_("There is no receipt “%(code)s”.") % {"code": printable(code[:20])})
    principal.require(get_model(receipt.model).permission)
    return receipt


def open_receipt(code: str, principal: Principal) -> Opened:
    """What stands behind the figure with this code, and the figure run again under the reader's own rules."""
    receipt = find_receipt(code, principal)
    model = get_model(receipt.model)
    query, rules = query_of_receipt(receipt), model.row_rules(principal)
    again, _version = _values(receipt, query, rules, receipt.data_version)
    now, now_version = _values(receipt, query, rules, None)
    return Opened(
        receipt,
        model,
        query,
        rules_as_json(rules) == receipt.rules,
        receipt.definition == _definition_now(query),
        again,
        now,
        now_version,
    )


def query_of_receipt(receipt: Receipt) -> Query:
    """The question, with the period it was answered for."""
    kept = receipt.query
    return Query(
        kept["model"],
        kept["measures"],
        kept["by"],
        kept["where"],
        parse_period(kept["period"]),
        kept["compare"],
        [(name, direction) for name, direction in kept["order"]],
        kept["limit"],
    )


def _values(receipt: Receipt, query: Query, rules: RowRules, version: str | None) -> tuple[Any, str]:
    """The values on a version (None: the published one), or nothing where it is gone or no longer answers."""
    try:
        with open_reader(query.semantic_model.dataset, version) as reader:
            if version and reader.published_at != receipt.published_at:  # the number was given away again
                return None, ""
            return _run_again(reader, receipt.kind, query, rules), reader.version
    except FarolError:
        return None, ""


def _run_again(reader: Reader, kind: str, query: Query, rules: RowRules) -> Any:
    if kind == "explain":
        return explanation_as_json(explanation(reader, query, rules), SHOWN_ROWS)
    found = answer(reader, query, rules)
    return rows_as_json(found.resolved.measures, found.rows[:SHOWN_ROWS])


def _definition_now(query: Query) -> dict[str, Any] | None:
    model = query.semantic_model
    try:
        return definition_of(model, [model.measure(name) for name in query.measures])
    except FarolError:  # a measure that a later release took away
        return None


def rows_of_receipt(opened: Opened, principal: Principal, *, limit: int, offset: int) -> Behind | None:
    """One page of the rows behind it, as the reader may see them; None once its version is no longer kept."""
    try:
        with open_reader(opened.model.dataset, opened.receipt.data_version) as reader:
            return rows_behind(reader, opened.query, opened.model.row_rules(principal), limit=limit, offset=offset)
    except FarolError:
        return None

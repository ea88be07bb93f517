"""The doors: every figure of every screen, report, alert, export and interface comes through `run` or `run_many`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from farol.core.errors import FarolError
from farol.engines.metrics import receipts
from farol.engines.metrics.answer import Answer, Row, answer
from farol.engines.metrics.contribution import Explanation, explanation, question
from farol.engines.metrics.model import RowRules, SemanticModel
from farol.engines.metrics.period import Period
from farol.engines.metrics.query import Query, Resolved
from farol.engines.warehouse import Reader, open_reader
from farol.platform.accounts.principal import Principal


@dataclass(frozen=True)
class Result:
    """An answer and what proves it.

    `rows` are dicts: dimensions, measures (Decimal reais, int counts, unrounded Decimal ratios, None without data), and
    with a comparison `row["compare"][measure][name]`, a `Comparison`. `receipt` is the code of `/recibos/<code>`.
    """

    model: SemanticModel
    data_version: str
    complete_until: dt.date | None
    receipt: str
    period: Period
    rows: list[Row]
    query: Resolved


def run(query: Query, principal: Principal) -> Result:
    """Answer one question with the rights and row rules of `principal`.

    `NotAllowed` without the model's permission, `BadInput` naming the field, `NotAdditive`, `MissingColumn`,
    `Unavailable` while nothing was published.
    """
    (result,) = run_many([query], principal)
    if isinstance(result, FarolError):
        raise result
    return result


def run_many(queries: Sequence[Query], principal: Principal) -> list[Result | FarolError]:
    """Answer several questions, all on the same version of a dataset; a refused one is its error, in its place."""
    with _Readers(principal) as readers:
        outcomes = [_try(query, readers) for query in queries]
        codes = iter(receipts.keep([o[1] for o in outcomes if not isinstance(o, FarolError)]))
    return [o if isinstance(o, FarolError) else _result(o[0], next(codes)) for o in outcomes]


def explain(
    model: str | SemanticModel,
    measure: str,
    day: dt.date | Period | None,
    against: str,
    by: Sequence[str],
    principal: Principal,
    where: Mapping[str, Any] | None = None,
) -> Explanation:
    """What moved `measure` on `day` (or over a period) against one of the calendar's shifts, by segment of `by`.

    Without `by`, the one or two dimensions that explain the change best are chosen. `BadInput` for a measure that is
    neither a sum nor a ratio of sums; the other errors are those of `run`.
    """
    return explain_query(question(model, measure, day, against, by, where), principal)


def explain_query(query: Query, principal: Principal) -> Explanation:
    """`explain` for a question made by `contribution.question`."""
    with _Readers(principal) as readers:
        reader, rules = readers.open(query.semantic_model)
        found = explanation(reader, query, rules)
        (code,) = receipts.keep([receipts.of_explanation(reader, found, rules)])
    return replace(found, receipt=code)


class _Readers(ExitStack):
    """The versions read in one go, each dataset opened once, by a person who must have the right to each model."""

    def __init__(self, principal: Principal) -> None:
        super().__init__()
        self.principal = principal
        self._open: dict[str, Reader] = {}

    def open(self, model: SemanticModel) -> tuple[Reader, RowRules]:
        self.principal.require(model.permission)
        if model.dataset not in self._open:
            self._open[model.dataset] = self.enter_context(open_reader(model.dataset))
        return self._open[model.dataset], model.row_rules(self.principal)


def _try(query: Query, readers: _Readers) -> tuple[Answer, receipts.Draft] | FarolError:
    try:
        reader, rules = readers.open(query.semantic_model)
        found = answer(reader, query, rules)
    except FarolError as error:
        return error
    return found, receipts.of_answer(reader, found)


def _result(found: Answer, receipt: str) -> Result:
    resolved, facts = found.resolved, found.facts
    return Result(resolved.model, facts.version, facts.complete_until, receipt, resolved.period, found.rows, resolved)

"""All books added up again from their entries, and compared with what is cached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from farol.engines.ledger.accounts import reais
from farol.engines.ledger.models import ZERO, Account, Entry, Hold, Month, Posting

MOST = 100


@dataclass(frozen=True)
class Difference:
    """`name` is the account or posting; `what` is balance, held, posting, empty or bounds. Amounts in reais."""

    what: str
    name: str
    stored: Decimal
    proved: Decimal


@dataclass(frozen=True)
class Proof:
    """How much was added up, and what differs (the first hundred of each sort)."""

    accounts: int
    postings: int
    entries: int
    closed_months: int
    differences: list[Difference]

    @property
    def ok(self) -> bool:
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        told = [
            {"what": d.what, "name": d.name, "stored": str(d.stored), "proved": str(d.proved)} for d in self.differences
        ]
        counts = {name: getattr(self, name) for name in ("accounts", "postings", "entries", "closed_months")}
        return {"ok": self.ok, **counts, "differences": told}


def prove() -> Proof:
    """Add up everything; a few passes over the entries, all of them in the database."""
    return Proof(
        Account.objects.count(),
        Posting.objects.count(),
        Entry.objects.count(),
        Month.objects.filter(closed=True).count(),
        [*_balances(), *_held(), *_unbalanced(), *_empty()],
    )


def _balances() -> Iterator[Difference]:
    sums = Entry.objects.filter(account=OuterRef("pk"))
    for key, stored, proved in _differing(Account.objects.filter(bounded=True), "balance", sums):
        yield Difference("balance", key, stored, proved)


def _held() -> Iterator[Difference]:
    sums = Hold.objects.filter(account=OuterRef("pk"), state=Hold.OPEN)
    for key, stored, proved in _differing(Account.objects.all(), "held", sums):
        yield Difference("held", key, stored, proved)


def _differing(accounts: QuerySet, cached: str, rows: QuerySet) -> QuerySet:
    sums = rows.order_by().values("account").annotate(sum=Sum("amount")).values("sum")
    proved = accounts.annotate(proved=Coalesce(Subquery(sums), reais(ZERO)))
    return proved.exclude(Q(proved=F(cached))).order_by("key").values_list("key", cached, "proved")[:MOST]


def _unbalanced() -> Iterator[Difference]:
    sums = Entry.objects.order_by().values("posting").annotate(sum=Sum("amount")).exclude(sum=ZERO)
    for pk, proved in sums.values_list("posting", "sum")[:MOST]:
        yield Difference("posting", Posting(pk=pk).number, ZERO, proved)


def _empty() -> Iterator[Difference]:
    for pk in Posting.objects.filter(entries=None).order_by("pk").values_list("pk", flat=True)[:MOST]:
        yield Difference("empty", Posting(pk=pk).number, ZERO, ZERO)

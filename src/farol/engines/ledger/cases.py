"""What a case costs: postings that name it, added up by category."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.engines.ledger.accounts import open_account
from farol.engines.ledger.models import ZERO, Entry, Posting
from farol.engines.ledger.postings import Line, post, write
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal

CATEGORIES = {
    "freight": _("Freight"),
    "part": pgettext_lazy("case result", "Part"),
    "payable": _("Payable"),
    "voucher_issued": _("Store credit issued, not used yet"),
    "voucher_used": _("Store credit used"),
    "refund": _("Refund"),
    "scrap": _("Scrap"),
}


@dataclass(frozen=True)
class Result:
    """Cost of a case in reais by category (name, label, amount), in the order of `CATEGORIES`; what came back is
    negative. `total` is the cost of all, so the result of the case is its opposite.
    """

    lines: list[tuple[str, Any, Decimal]]
    total: Decimal


def case_account(case: str) -> str:
    """The key of a case's account, opened if it is new."""
    return open_account(f"case:{case}", "case").key


def company_account(name: str) -> str:
    """The key of one of the company's own accounts, the other side of postings."""
    return open_account(f"company:{name}", "company").key


def charge(
    case: str,
    category: str,
    amount: Decimal,
    *,
    source: str,
    principal: Principal,
    day: dt.date | None = None,
    memo: str = "",
    data: Mapping[str, Any] | None = None,
) -> Posting:
    """A cost of a case (positive), or what came back (negative). Refuses as `post`; `KeyError` for a category that
    does not exist.
    """
    lines = case_lines(case, category, amount)
    return post(category, lines, source=source, principal=principal, day=day, memo=memo, data=data)


def case_lines(case: str, category: str, amount: Decimal) -> list[Line]:
    """Both sides of a cost of a case."""
    CATEGORIES[category]
    return [
        Line(case_account(case), amount, case, category),
        Line(company_account(category), -amount),
    ]


def scrap(
    case: str,
    source: str,
    sku: str,
    version: str,
    quantity: int,
    cost: Decimal,
    cause: str,
    responsible: User | None,
    principal: Principal,
    *,
    day: dt.date | None = None,
    memo: str = "",
    data: Mapping[str, Any] | None = None,
) -> Posting:
    """Goods were thrown away: `cost` reais of all `quantity` of them, on the case (or, without one, on the source).

    `responsible` is the person who answers for it.
    """
    columns = {
        "source": source,
        "memo": memo,
        "sku": sku,
        "item_version": version,
        "quantity": quantity,
        "cause": cause,
        "responsible": responsible,
        "data": dict(data or {}),
    }
    return write("scrap", case_lines(case or source, "scrap", cost), columns, principal, day)


def transfer(
    category: str, amount: Decimal, before: str, after: str, *, source: str, principal: Principal, memo: str = ""
) -> Posting:
    """A cost of one case turns out to be another's. Refuses as `post`."""
    CATEGORIES[category]
    lines = [
        Line(case_account(before), -amount, before, category),
        Line(case_account(after), amount, after, category),
    ]
    return post("transfer", lines, source=source, principal=principal, memo=memo)


def scrapped(source: str) -> list[tuple[Posting, str, Decimal]]:
    """Scrap of a record that was not taken back, with the case that it was posted on and its cost."""
    entries = Entry.objects.filter(
        posting__source=source, posting__kind="scrap", posting__reverses=None, posting__reversed_by=None
    )
    found = entries.exclude(case="").exclude(posting__quantity=None).select_related("posting").order_by("pk")
    return [(entry.posting, entry.case, entry.amount) for entry in found]


def result(case: str) -> Result:
    """The case's cost as posted so far."""
    # the second condition is what lets SQLite see that its partial index serves
    found = Entry.objects.filter(case=case).exclude(case="").order_by()
    sums = dict(found.values_list("category").annotate(sum=Sum("amount")))
    lines = [(name, label, sums[name]) for name, label in CATEGORIES.items() if sums.get(name)]
    return Result(lines, sum((amount for _name, _label, amount in lines), ZERO))


def section(record: Any, principal: Principal) -> dict[str, Any] | None:
    """Context of `ledger/case_result.html`, a section of a case's page: costs below zero, what came back above."""
    found = result(record.reference)
    lines = [(label, -amount) for _name, label, amount in found.lines]
    return {"lines": lines, "total": -found.total} if lines else None

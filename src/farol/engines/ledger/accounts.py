"""Accounts, and the one statement that moves a balance."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum, Value
from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.errors import Refused
from farol.core.fields import MoneyField
from farol.engines.ledger.models import ZERO, Account, Entry
from farol.platform.accounts.principal import Principal


class NotEnough(Refused):
    """The account does not hold that much."""

    code = "not_enough"


class AccountClosed(Refused):
    """Nothing more is posted on the account."""

    code = "account_closed"


def open_account(key: str, kind: str, *, bounded: bool = False) -> Account:
    """The account of that key, made if it is new."""
    return Account.objects.get_or_create(key=key, defaults={"kind": kind, "bounded": bounded})[0]


def account(key: str) -> Account:
    """As it is now. `Account.DoesNotExist` for a key that nobody opened."""
    return Account.objects.get(key=key)


def balance(key: str) -> Decimal:
    """The sum of everything posted on an account, in reais: nothing where nobody opened it."""
    return Entry.objects.filter(account__key=key).aggregate(sum=Sum("amount"))["sum"] or ZERO


def located(keys: Iterable[str]) -> dict[str, Account]:
    """`ValueError` for a key that nobody opened."""
    wanted = set(keys)
    found = {one.key: one for one in Account.objects.filter(key__in=wanted)}
    if missing := wanted - set(found):
        raise ValueError(f"no such account: {', '.join(sorted(missing))}")
    return found


def move(moved: Account, amount: Decimal, held: Decimal = ZERO) -> None:
    """Add to the balance and to what is held, where 0 <= held <= balance stays true; `Refused` where it would not.

    The condition and the change are one statement: nobody can come in between, on any database.
    """
    changed = Account.objects.filter(
        pk=moved.pk,
        closed=False,
        held__gte=reais(-held),
        balance__gte=F("held") + reais(held - amount),
    ).update(balance=F("balance") + reais(amount), held=F("held") + reais(held))
    if changed != 1:
        raise _refusal(moved, -held)


def close_account(closed: Account) -> None:
    """Nothing is posted on it from now on. It must be empty, with nothing held; `Refused` otherwise."""
    if not Account.objects.filter(pk=closed.pk, closed=False, balance=ZERO, held=ZERO).update(closed=True):
        raise Refused(_("Something has just happened to this balance. Nothing was done; look at it again."))


def reais(amount: Decimal) -> Value:
    """An amount inside an expression: as the centavos of the column."""
    return Value(amount, output_field=MoneyField())


def _refusal(moved: Account, freed: Decimal) -> Refused:
    now = Account.objects.get(pk=moved.pk)
    if freed > now.held:
        return Refused(_("Somebody else has decided this meanwhile. Nothing was done; look at it again."))
    if now.closed:
        return AccountClosed(_("This balance is closed: nothing can be posted on it any more."))
    return NotEnough(
        _("The balance does not reach: %(amount)s are available.") % {"amount": formats.brl(now.available)}
    )


def who(principal: Principal) -> dict[str, Any]:
    """The columns that say who did something."""
    return {"person_id": principal.user_id, "actor": "" if principal.user else principal.label}

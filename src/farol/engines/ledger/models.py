"""The books: accounts, postings with their entries, holds, and the months that are closed.

Postings and entries are written once (database triggers hold that, see `triggers.py`).
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from farol.core import clock
from farol.core.fields import MoneyField

ZERO = Decimal(0)


class Account(models.Model):
    """A place where amounts add up.

    A bounded account caches its `balance` and what is `held` of it, never less than nothing and never more held than
    there; both change only with a posting or a hold, by one conditional UPDATE (`accounts.move`). Other accounts keep
    no cache, so that people who post at once do not wait for each other; `accounts.balance` adds them up.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    bounded = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)
    balance = MoneyField(default=ZERO, editable=False)
    held = MoneyField(default=ZERO, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held__gte=ZERO) & Q(balance__gte=F("held")), name="ledger_bounds"),
            models.CheckConstraint(condition=Q(bounded=True) | Q(balance=ZERO), name="ledger_cached_if_bounded"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def available(self) -> Decimal:
        """What may still be held or taken, in reais."""
        return self.balance - self.held


class Posting(models.Model):
    """One thing that happened to the books; its entries add up to nothing. `day` is the local day that it counts for.

    The columns from `sku` on describe what was scrapped and are empty on other kinds; `quantity` is negative where a
    posting takes scrap back.
    """

    kind = models.CharField(max_length=40)
    day = models.DateField()
    source = models.CharField(max_length=80)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=20, blank=True, default="")
    memo = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    data = models.JSONField(default=dict)
    sku = models.CharField(max_length=60, blank=True, default="")
    item_version = models.CharField(max_length=60, blank=True, default="")
    quantity = models.IntegerField(null=True)
    cause = models.CharField(max_length=200, blank=True, default="")
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["kind", "day"], name="ledger_posting_kind"),
            models.Index(fields=["source"], name="ledger_posting_source"),
            models.Index(fields=["day"], name="ledger_posting_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def number(self) -> str:
        """How people name it: `LC-000017`."""
        return f"LC-{self.pk:06d}"


class Entry(models.Model):
    """One line of a posting. `case` is the record whose result it counts for, `category` under which head."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount = MoneyField()
    case = models.CharField(max_length=80, blank=True, default="")
    category = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["case"], condition=~Q(case=""), name="ledger_entry_case")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class Hold(models.Model):
    """A part of an account that is promised: used by a posting, or released."""

    OPEN, USED, RELEASED = "open", "used", "released"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    amount = MoneyField()
    source = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=OPEN)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    posting = models.OneToOneField(Posting, null=True, on_delete=models.PROTECT, related_name="hold")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="ledger_hold_amount"),
            models.CheckConstraint(condition=Q(state__in=["open", "used", "released"]), name="ledger_hold_state"),
            models.CheckConstraint(
                condition=Q(state="used", posting__isnull=False) | (~Q(state="used") & Q(posting=None)),
                name="ledger_hold_used_by_posting",
            ),
        ]
        indexes = [models.Index(fields=["account"], condition=Q(state="open"), name="ledger_open_holds")]

    def __str__(self) -> str:
        return f"{self.source} {self.amount} {self.state}"


class Month(models.Model):
    """A month that finance has dealt with; one without a row is open. `first` is its first day."""

    first = models.DateField(unique=True)
    closed = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-first"]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


class Reopening(models.Model):
    """Somebody wants to post into a closed month again; somebody else has to agree."""

    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="reopenings")
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["month"], condition=Q(approved=None), name="ledger_one_reopening"),
            models.CheckConstraint(
                condition=~Q(approved=True) | ~Q(decided_by=F("requested_by")), name="ledger_reopening_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.reason[:40]}"

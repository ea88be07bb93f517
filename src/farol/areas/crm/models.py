"""What people plan and decide in the commercial area, and what it keeps of its own forecasts and checks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.core.fields import MoneyField


class RuleSet(models.Model):
    """The channel rules, a version each: never edited, only followed by the next."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)


class Forgotten(models.Model):
    """The keyed hash of a telephone or an e-mail address of somebody who was anonymised."""

    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.pk)


class Goal(models.Model):
    """What a month (its first day) should bring: of everybody or one seller, in all channels or one."""

    month = models.DateField(_("Month"))
    responsible_id = models.CharField(max_length=80, default="", blank=True)
    channel = models.CharField(max_length=20, default="", blank=True)
    revenue = MoneyField(_("Revenue"), null=True, blank=True)
    won = models.PositiveIntegerField(null=True, blank=True)
    leads = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-month", "responsible_id", "channel"]
        constraints = [models.UniqueConstraint(fields=["month", "responsible_id", "channel"], name="crm_goal_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.responsible_id} {self.channel}".strip()


class Spend(models.Model):
    """Marketing spend of the days from `first` to `last`."""

    first = models.DateField()
    last = models.DateField()
    channel = models.CharField(max_length=20)
    source = models.CharField(max_length=60, default="", blank=True)
    utm_source = models.CharField(max_length=120, default="", blank=True)
    utm_medium = models.CharField(max_length=120, default="", blank=True)
    utm_campaign = models.CharField(max_length=120, default="", blank=True)
    amount = MoneyField()
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-first", "channel", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "last", "channel", "source", "utm_source", "utm_medium", "utm_campaign"],
                name="crm_spend_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.channel}"


class Mark(models.Model):
    """A line that a measure's `statistic` (mean, median, p90 or value) should stay above (gt) or below (lt)."""

    name = models.CharField(max_length=40, unique=True)
    measure = models.CharField(max_length=60)
    statistic = models.CharField(max_length=10)
    comparison = models.CharField(max_length=2)
    value = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=10)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Forecast(models.Model):
    """A forecast as it was made on `as_of`, frozen; only what came of it is added when the month is over.

    `target` is revenue, won or leads; `subject` is empty, the id of a seller or `channel:` and its slug.
    """

    as_of = models.DateField()
    month = models.DateField()
    target = models.CharField(max_length=10)
    subject = models.CharField(max_length=90, default="")
    model = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=18, decimal_places=2)
    low = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    chosen = models.BooleanField(default=False)
    data_version = models.CharField(max_length=20)
    made_at = models.DateTimeField(default=clock.now)
    actual = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    error_pct = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    graded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-as_of", "id"]
        constraints = [
            models.UniqueConstraint(fields=["as_of", "month", "target", "subject", "model"], name="crm_forecast_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.target} {self.model}"


class LeadTask(models.Model):
    """A task or note (`kind`) that somebody asked for on a lead; `state` is queued, done or failed."""

    connection_id = models.CharField(max_length=30)
    lead_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    text = models.CharField(max_length=300)
    due = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, default="queued")
    external_id = models.CharField(max_length=80, default="")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["connection_id", "lead_id"], name="crm_task_of_lead")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "lead_id"],
                condition=models.Q(kind="task", state="queued"),
                name="crm_task_queued_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lead_id}"


class QualityRun(models.Model):
    """What one check found when a version was built or checked again."""

    at = models.DateTimeField(default=clock.now)
    version = models.CharField(max_length=20, default="")
    run = models.BigIntegerField(null=True)
    check_name = models.CharField(max_length=40)
    passed = models.BooleanField()
    hard = models.BooleanField()
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["check_name", "-at"], name="crm_quality_by_check")]

    def __str__(self) -> str:
        return f"{self.check_name} {self.version}"

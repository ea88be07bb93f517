"""History of loads, and what all processes share about the systems that data is fetched from."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadRun(models.Model):
    """One load: who, what, when, how it went. `status` moves from waiting or running to one of the ends.

    `kind` is file, sync or check; `cause` of a sync is person, schedule, command or retry. `entities` has the counts of
    each entity, `gaps` the days whose rows differ from the source's.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Loaded")
        UNCHANGED = "unchanged", _("Nothing new")
        REJECTED = "rejected", _("Rows refused")
        FAILED = "failed", _("Failed")

    loader = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=254)
    files = models.JSONField(default=list)  # [{"name", "size", "digest"}]
    options = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=120, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    rows_read = models.BigIntegerField(default=0)
    rows_new = models.BigIntegerField(default=0)
    rows_changed = models.BigIntegerField(default=0)
    rows_unchanged = models.BigIntegerField(default=0)
    rows_deleted = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    rejects_file = models.CharField(max_length=200, default="")
    version_before = models.CharField(max_length=20, default="")
    version_after = models.CharField(max_length=20, default="")
    error_code = models.CharField(max_length=40, default="")
    error = models.TextField(default="")
    kind = models.CharField(max_length=8, default="file")
    cause = models.CharField(max_length=12, default="")
    full = models.BooleanField(default=False)
    entities = models.JSONField(default=dict)
    gaps = models.JSONField(default=list)
    requests = models.IntegerField(default=0)
    waited = models.FloatField(default=0)
    complete_until = models.DateField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["loader", "-id"])]

    def __str__(self) -> str:
        return f"{self.loader} {self.pk}"

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    @property
    def ended(self) -> bool:
        return self.status not in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def rejects_path(self) -> Path | None:
        """The file with the refused rows, if there is one."""
        return Path(settings.FAROL_HOME) / "rejects" / self.rejects_file if self.rejects_file else None


class Allowance(models.Model):
    """What a host lets all processes together ask (`account` is a hash). Instants are seconds since 1970 by our clock.

    `next_at`: earliest start of the next call. `calls`: ends of the calls inside the window. `running`: calls under
    way, with the instant at which one that never ended is given up. `shut_until`: the other side said to wait. After
    too many `failures` in a row the circuit stays open until `open_until`; then one `probe` goes first.
    """

    account = models.CharField(max_length=64, primary_key=True)
    label = models.CharField(max_length=40, default="")
    next_at = models.FloatField(default=0)
    calls = models.JSONField(default=list)
    running = models.JSONField(default=dict)
    shut_until = models.FloatField(default=0)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.FloatField(default=0)
    probe = models.CharField(max_length=12, default="")

    def __str__(self) -> str:
        return self.label or self.account[:8]


class OAuthToken(models.Model):
    """The encrypted pair of a connection such as `kommo:default`. `generation` grows with every refresh that succeeded;
    `state` is ok, refreshing (by `holder`, until `held_until` at most) or consent_needed."""

    connection = models.CharField(max_length=60, primary_key=True)
    host = models.CharField(max_length=200)
    access = models.BinaryField(default=b"")
    refresh = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, default="ok")
    holder = models.CharField(max_length=32, default="")
    held_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.connection


class SourceDay(models.Model):
    """Completeness: the rows of a local day (`Days` of the entity says by which instant), here and at the source.
    `state` is complete, gap or healed; amounts are centavos."""

    source = models.CharField(max_length=30)
    connection = models.CharField(max_length=30, default="default")
    entity = models.CharField(max_length=30)
    day = models.DateField()
    rows = models.IntegerField()
    amount = models.BigIntegerField(null=True)
    source_rows = models.IntegerField(null=True)
    source_amount = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "connection", "entity", "day"], name="source_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.entity} {self.day}"


class SourceStand(models.Model):
    """How an entity of a source stands (`entity` empty: the source as a whole), complete up to the instant `until`.

    `state` is never, ok, failed, absent, consent_needed, blocked or billing.
    """

    source = models.CharField(max_length=30)
    connection = models.CharField(max_length=30, default="default")
    entity = models.CharField(max_length=30, default="")
    state = models.CharField(max_length=16, default="never")
    rows = models.BigIntegerField(default=0)
    until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_run = models.BigIntegerField(null=True)
    error_code = models.CharField(max_length=40, default="")
    error = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "connection", "entity"], name="source_stand_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.entity}".strip()


class PersonLink(models.Model):
    """Who a person is in another system: their own rows there are those of `external_id`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outside_ids")
    source = models.CharField(max_length=30)
    connection = models.CharField(max_length=30, default="default")
    external_id = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "connection", "external_id"], name="person_link_outside_once"),
            models.UniqueConstraint(fields=["user", "source", "connection"], name="person_link_user_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"

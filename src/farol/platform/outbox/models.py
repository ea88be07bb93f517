"""The outbox."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.platform.outbox.channels import channels


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    HELD = "held"
    FAILED = "failed"
    DONE = "done"
    DISCARDED = "discarded"


LABELS = {
    State.QUEUED: _("Waiting"),
    State.SENDING: _("Being sent"),
    State.UNKNOWN: _("Uncertain whether it arrived"),
    State.HELD: _("Held after a restore"),
    State.FAILED: _("Not delivered"),
    State.DONE: _("Delivered"),
    State.DISCARDED: _("Discarded"),
}
NEEDS_A_PERSON = (State.UNKNOWN, State.HELD, State.FAILED)


class Rest(models.Model):
    """A channel that is shut until `until`, with the reason; also the row that channels bound in parallel lock."""

    channel = models.CharField(max_length=40, primary_key=True)
    until = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.channel


class OutboxMessage(models.Model):
    """One message to another system. `payload` is encrypted JSON, emptied once nobody needs it any more.

    `owner` is the presence (see `farol.platform.jobs.presence`) of the process that is sending it.
    """

    channel = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    payload = models.BinaryField()
    state = models.CharField(max_length=10, default=State.QUEUED.value)
    attempts = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=32, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    next_at = models.DateTimeField(null=True, help_text=_("Not before this instant; empty: at once"))
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    tries = models.PositiveIntegerField(default=0, help_text=_("Refusals that count against the channel's bound"))
    sent_at = models.DateTimeField(
        null=True, help_text=_("Set just before sending, empty again when it is known how that ended")
    )
    doubts = models.PositiveIntegerField(default=0, help_text=_("Sendings of unknown outcome"))
    looks = models.PositiveIntegerField(default=0, help_text=_("Searches in vain since the last of them"))
    record = models.CharField(max_length=80, blank=True, default="", help_text=_("Reference of the record behind it"))
    result = models.JSONField(null=True, help_text=_("What the other side answered"))

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="outbox_once_per_key")]
        indexes = [models.Index(fields=["state", "channel", "id"], name="outbox_by_state")]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"

    @classmethod
    def put(cls, channel: str, key: str, payload: dict[str, Any]) -> bool:
        declared = channels()[channel]
        sealed = settings.KEYRING.encrypt(json.dumps(payload).encode())
        record = declared.record(payload) if declared.record else ""
        defaults = {"payload": sealed, "record": record}
        return cls.objects.get_or_create(channel=channel, key=key, defaults=defaults)[1]

    def opened(self) -> dict[str, Any]:
        """The payload in clear."""
        return json.loads(settings.KEYRING.decrypt(bytes(self.payload)))

    @property
    def channel_label(self) -> Any:
        found = channels().get(self.channel)
        return found.label if found and found.label else self.channel

    @property
    def state_label(self) -> Any:
        return LABELS[State(self.state)]

    @property
    def needs_a_person(self) -> bool:
        return self.state in NEEDS_A_PERSON

    @property
    def waits(self) -> bool:
        return self.state == State.QUEUED

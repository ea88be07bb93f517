"""Notices and what people want to be told."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.platform.notifications.notice import CATEGORIES, sentence


class Mail(StrEnum):
    NEVER = "never"
    NOW = "now"
    DAILY = "daily"


MAIL_LABELS = {Mail.NEVER: _("Never"), Mail.NOW: _("At once"), Mail.DAILY: _("Once a day")}


class Notification(models.Model):
    """One notice to one person. The text is made when it is read, from `code` and `params`.

    `shown`: in Farol; `digest`: waits for the daily message, until `mailed_at`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=60)
    category = models.CharField(max_length=20)
    record = models.CharField(max_length=80, blank=True, default="")
    url = models.CharField(max_length=300, blank=True, default="")
    params = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(default=clock.now, editable=False)
    read_at = models.DateTimeField(null=True)
    shown = models.BooleanField(default=True)
    digest = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"], condition=~models.Q(key=""), name="notification_once_per_key"
            )
        ]
        indexes = [
            models.Index(
                fields=["person", "id"], condition=models.Q(shown=True, read_at=None), name="notification_unread"
            ),
            models.Index(fields=["person", "-id"], name="notification_of_person"),
            models.Index(
                fields=["person"], condition=models.Q(digest=True, mailed_at=None), name="notification_digest"
            ),
            models.Index(fields=["at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return sentence(self.code, self.params)

    @property
    def category_label(self) -> object:
        return CATEGORIES.get(self.category, self.category)


class Preference(models.Model):
    """What a person wants of one category; without a row: in Farol, no e-mail."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=20)
    shown = models.BooleanField(default=True)
    mail = models.CharField(max_length=8, default=Mail.NEVER.value)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "category"], name="notification_one_preference"),
            models.CheckConstraint(condition=models.Q(mail__in=[m.value for m in Mail]), name="notification_mail"),
        ]

    def __str__(self) -> str:
        return self.category

"""Which files belong to which records."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from farol.core import clock


class Attachment(models.Model):
    """A file of a record (`warranties:17`). `content_type` was judged by the content; `sha256` is that of the content.

    `stored` names the encrypted file in the data folder. One that was taken away keeps its row and its file:
    `removed_at` hides it.
    """

    record = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, blank=True, default="")
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=64, db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["record", "id"], name="attachments_of_record"),
            models.Index(fields=["person", "at"], name="attachments_of_person"),
        ]

    def __str__(self) -> str:
        return self.name

"""Application registration."""

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "farol.platform.attachments"
    label = "attachments"

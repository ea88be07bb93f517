"""Application registration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "farol.platform.outbox"
    label = "outbox"

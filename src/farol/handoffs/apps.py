"""Application registration."""

from django.apps import AppConfig


class HandoffsConfig(AppConfig):
    name = "farol.handoffs"
    label = "handoffs"

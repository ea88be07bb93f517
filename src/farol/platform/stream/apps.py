"""Application registration."""

from django.apps import AppConfig


class StreamConfig(AppConfig):
    name = "farol.platform.stream"
    label = "stream"

"""Application registration."""

from django.apps import AppConfig


class TinyConfig(AppConfig):
    name = "farol.connectors.tiny"
    label = "tiny"

"""Application registration."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "farol.platform.imports"
    label = "imports"

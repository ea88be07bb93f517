"""Application registration."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "farol.engines.sources"
    label = "sources"

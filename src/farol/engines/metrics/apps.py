"""Application registration."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "farol.engines.metrics"
    label = "metrics"

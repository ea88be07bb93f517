"""Application registration."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "farol.engines.alerts"
    label = "alerts"

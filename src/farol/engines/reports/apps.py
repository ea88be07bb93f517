"""Application registration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "farol.engines.reports"
    label = "reports"

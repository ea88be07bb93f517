"""Application registration."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "farol.engines.dashboards"
    label = "dashboards"

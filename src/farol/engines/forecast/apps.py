"""Application registration."""

from django.apps import AppConfig


class ForecastConfig(AppConfig):
    name = "farol.engines.forecast"
    label = "forecast"

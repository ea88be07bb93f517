"""Application registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "farol.platform.api"
    label = "api"

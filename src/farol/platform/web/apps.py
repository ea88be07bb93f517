"""Application registration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "farol.platform.web"
    label = "web"

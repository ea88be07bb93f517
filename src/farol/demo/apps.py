"""Application registration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "farol.demo"
    label = "demo"

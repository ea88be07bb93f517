"""Application registration."""

from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "farol.platform.operation"
    label = "operation"

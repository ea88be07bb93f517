"""Application registration."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "farol.engines.workflow"
    label = "workflow"

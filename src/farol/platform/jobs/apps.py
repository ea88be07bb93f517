"""Application registration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "farol.platform.jobs"
    label = "jobs"

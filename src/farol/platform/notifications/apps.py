"""Application registration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "farol.platform.notifications"
    label = "notifications"

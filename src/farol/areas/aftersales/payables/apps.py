"""Application registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PayablesConfig(AppConfig):
    name = "farol.areas.aftersales.payables"
    label = "payables"

    def ready(self) -> None:
        from farol.areas.aftersales.payables.seed import seed_categories

        post_migrate.connect(seed_categories, sender=self, dispatch_uid="payables.seed_categories")

"""Application registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CrmConfig(AppConfig):
    name = "farol.areas.crm"
    label = "crm"

    def ready(self) -> None:
        from farol.areas.crm.seed import seed_marks

        post_migrate.connect(seed_marks, sender=self, dispatch_uid="crm.seed_marks")

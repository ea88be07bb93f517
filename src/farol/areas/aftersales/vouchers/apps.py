"""Application registration."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    name = "farol.areas.aftersales.vouchers"
    label = "vouchers"

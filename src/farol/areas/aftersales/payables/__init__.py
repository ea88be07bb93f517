"""Amounts to pay, by PIX or boleto."""

"""Alerts: what left the expected range yesterday, why, and what people made of it."""

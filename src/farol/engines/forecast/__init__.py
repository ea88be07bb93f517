"""Forecasts of series of numbers; it knows no other engine."""

"""The forecast of the month."""

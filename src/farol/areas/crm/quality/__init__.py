"""Health of the data."""

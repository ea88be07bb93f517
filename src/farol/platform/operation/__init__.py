"""Running it: health, metrics, doctor, backup and restore."""

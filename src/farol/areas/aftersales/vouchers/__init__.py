"""Store credit and its uses."""

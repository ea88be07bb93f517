"""The REST interface. Rooms add routers in their `api.py` (see `mount.py`)."""

"""Pages of every kind of record; `urls.py` binds each to the modules."""

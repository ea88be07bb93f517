"""The demo world: a function of a seed and an as-of date, built by what each area offers in its `demo.py`."""

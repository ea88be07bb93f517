from __future__ import annotations


def keep_results(version, run, results):
    pass

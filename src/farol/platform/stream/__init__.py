"""Live notices: rooms offer topics, pages listen by `data-stream`, a small process of its own sends."""

from farol.platform.stream.topic import Topic

__all__ = ["Topic"]

"""Reports of the commercial area."""

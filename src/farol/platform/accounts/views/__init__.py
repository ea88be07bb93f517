"""Pages about people: log-in, password, profile, administration."""

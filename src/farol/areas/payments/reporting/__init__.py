"""The parts of the daily report of payments."""

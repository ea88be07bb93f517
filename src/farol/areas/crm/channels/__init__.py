"""Rules that tell the channel of a lead."""

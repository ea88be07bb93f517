"""Goals, marketing spend and marks."""

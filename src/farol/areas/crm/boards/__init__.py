"""The dashboard, a lead's page and what changed in the pipeline."""

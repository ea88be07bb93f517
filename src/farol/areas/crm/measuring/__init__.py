"""The semantic models of the commercial area: one module for each fact table, each with its clock."""

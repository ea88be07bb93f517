"""Leads, deals and people from files: which column is what, how they are read, the shape they take."""

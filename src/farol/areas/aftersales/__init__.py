"""After-sales: one package per module; none imports another."""

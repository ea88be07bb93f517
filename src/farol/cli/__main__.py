"""`python -m farol.cli`."""

from farol.cli import main

main()

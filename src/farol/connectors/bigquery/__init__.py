"""BigQuery: registration data and past orders of a customer, by parameterised queries whose bytes are capped.

`docs/decisions` says why the interface is spoken here instead of through the vendor's library.
"""

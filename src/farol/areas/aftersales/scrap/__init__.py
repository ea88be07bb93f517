"""One view of what was scrapped, over the ledger's postings."""

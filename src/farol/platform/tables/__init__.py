"""Tables that people bring: text of any encoding and workbooks, read within limits; see `rows_of` and `plain_text`."""

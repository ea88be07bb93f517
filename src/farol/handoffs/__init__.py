"""Effects between areas: the only room that may know two of them."""

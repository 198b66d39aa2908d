"""Pages of products beside those every register has."""

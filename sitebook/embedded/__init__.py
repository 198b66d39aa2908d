"""Our own PostgreSQL: the stock programs, where they live, who uses them."""

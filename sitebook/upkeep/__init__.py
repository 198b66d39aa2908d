"""Work that is done regularly: declared once, caught up after a pause, done by one process at a time."""

"""What answers the addresses of this area; each page makes one domain call."""

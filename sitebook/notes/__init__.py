"""Notes about a record: instructions for technicians, and remarks that stay in the office."""

"""Jobs and visits: a piece of work for a customer, from the call to the bill."""

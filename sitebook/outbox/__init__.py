"""What the world is told after commit: events and webhooks."""

"""Who sounds when, and whose voice comes back in a channel's next video."""

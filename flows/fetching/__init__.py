"""The way to the platforms' interfaces: one polite session, secrets by reference."""

"""Inputs that nobody meant to write, and what reading them must never do."""

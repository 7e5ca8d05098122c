"""Checkpoints and topics that are kept, and which of them was promoted."""

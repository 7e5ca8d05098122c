"""What personal data in a text looks like: one file a kind, each finds its spans.

The rules are written for German and English comments and read no dictionary of the world: what
they miss and what they take too much of is measured by `python -m benchmarks.redaction`.
"""

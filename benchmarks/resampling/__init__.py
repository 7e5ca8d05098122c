"""Texts of known sentiment drawn anew with other mixes: `benchmarks.coverage`, in its parts."""

"""Review sheets as files: how they look, how they are written, how they are read back."""

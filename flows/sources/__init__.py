"""Where comments come from: one file a format, recognised by content."""

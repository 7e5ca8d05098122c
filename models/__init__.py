"""What the data and the answers are: table contracts, canonical records, and the label model."""

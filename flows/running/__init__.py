"""What every stage has: its turn, its record, its report, and what is shown of it while it runs."""

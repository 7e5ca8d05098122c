"""The weekly digest: what a publish says, as a letter of one page, and how it reaches people."""

"""Where keys are: that of the authors' pseudonyms, and that of the landing folder."""

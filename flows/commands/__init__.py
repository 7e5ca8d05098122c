"""What `resonanz` can be asked at a terminal; one file for commands of a kind."""

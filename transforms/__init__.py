"""How: frame in, frame out, or one SELECT; no clock, no network, no disk, no Prefect."""

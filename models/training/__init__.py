"""How the checkpoint is made; needs the extra `train`. `python -m models.training --help`."""

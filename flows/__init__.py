"""When and where: the clock, the disk, the warehouse file, Prefect and the command line."""

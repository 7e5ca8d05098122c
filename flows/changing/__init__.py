"""How another model or list of topics takes over: tried beside what answers, then promoted."""

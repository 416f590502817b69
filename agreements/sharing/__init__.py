"""One appointment shown to one helper who comes along."""

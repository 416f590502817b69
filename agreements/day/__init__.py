"""My day: what waits for a coordinator, worst first; the morning digest, and what must not lie unseen."""

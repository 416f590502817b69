"""Who looks after which offers, who is asked about them and when, and who hears that a report was settled."""

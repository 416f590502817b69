"""Who is responsible for what: matter, status group and place lead to an office, which is an offer of the catalogue."""

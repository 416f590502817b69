"""Storage: engine, transactions, tables, field encryption and migrations; no rules of the domain."""

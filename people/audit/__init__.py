"""Who looked at whose record: noted where rights are asked for, kept in a chain that shows tampering."""

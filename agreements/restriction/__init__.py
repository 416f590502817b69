"""Data that is only stored (Article 18): the client asks, the coordinator confirms, nobody works with the case until it is over."""

"""Views: pure functions from words and data to a Screen."""

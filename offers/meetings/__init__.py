"""Meetings of the helper circles and exchange meetings: series, who comes, what became of each date."""

"""What can go wrong between the boxes and the world."""


class LeaseLostError(Exception):
    """Another process took the row over; whatever was done with it here must not be written."""

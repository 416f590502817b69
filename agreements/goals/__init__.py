"""Target agreements: goals by field of action, who does what, and the versions that were signed."""

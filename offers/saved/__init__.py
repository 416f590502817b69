"""What people keep for later: offers, profiles without names, searches that tell of new offers."""

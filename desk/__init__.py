"""The coordinators' web desk: pages over the same use cases as the bot; no statement and no rule of the domain is written here."""

"""Messages of the phrase book to one, to a selection of clients, or to the volunteers of a place."""

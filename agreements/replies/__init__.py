"""What clients say to the agreement that was signed: that they agree, or that they want a change."""

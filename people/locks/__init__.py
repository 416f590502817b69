"""The picture lock of a shared phone: details of a record open only after some pictures were tapped in the right order."""

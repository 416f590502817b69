"""The catalogue as HSDS 3.1, as JSON and as a Tabular Data Package, there and back; storing what was read is not its business."""

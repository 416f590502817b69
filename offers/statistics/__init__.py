"""The catalogue in numbers: what figures need of offers, without their texts."""

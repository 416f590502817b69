"""Texts of offers in other languages than German: where each stands, how it comes about, who has read it."""

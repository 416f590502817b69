"""Locations and events of an Integreat region as HSDS services of another directory; its pages are the business of offers.guides."""

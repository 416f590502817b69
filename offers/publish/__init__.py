"""The catalogue as static pages for homepages, printers and people without an account; no scripts, nothing from elsewhere."""

"""Words for people: languages, message catalogues, phrase book, dates, text direction and normalisation."""

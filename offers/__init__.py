"""The catalogue of offers: kept, searched, told as facts and dates, read from files and written to them."""

"""The pages, one module for each place in the navigation; `table.py` puts their routes in order."""

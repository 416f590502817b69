"""How often one address may ask the desk; failed sign-ins are counted by the accounts besides."""

from delivery.limits import Rate

PAGES = Rate(burst=200, a_second=40)
SIGN_IN = Rate(burst=20, a_second=0.2)

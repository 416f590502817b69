"""Who somebody is: person, language, roles, invitations, dialogue steps, and what each role may see."""

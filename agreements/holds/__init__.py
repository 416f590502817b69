"""What must not be deleted yet, and what is left of a case that was: nothing but that there was one."""

"""What goes to the Jobcenter when a case goes on there, and the client's consent, without which nothing goes."""

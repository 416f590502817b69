"""Case work: clients, agreements with their milestones, appointments, requests, and the reminders that follow from them."""

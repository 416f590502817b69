"""Who looks after whom: deputies, hand-over of caseloads, and numbers for leads."""

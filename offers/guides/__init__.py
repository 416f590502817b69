"""Guide pages in storage and where they come from; how they are searched is offers.guide_search's business."""

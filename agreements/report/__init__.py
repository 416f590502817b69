"""The report on the roadmap for the council and the public: one content, as a sheet and as a page."""

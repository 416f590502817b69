"""The district's roadmap as data, and its indicators as figures without persons."""

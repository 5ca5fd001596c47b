"""The features, chapter by chapter, against the real engine."""

"""Where two texts differ, as a reader would say it."""

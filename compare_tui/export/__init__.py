"""Takes written down for other programs."""

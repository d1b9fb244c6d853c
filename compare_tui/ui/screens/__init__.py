"""What fills the terminal: a screen a file, its style sheet beside it."""

"""Two texts beside each other as rows: wrapped, marked and walked through."""

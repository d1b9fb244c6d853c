"""What the panes show of a difference without leaving them."""

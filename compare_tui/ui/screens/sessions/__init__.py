"""The sessions screen: the list, the search, the preview and what can be done with a session."""

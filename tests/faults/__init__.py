"""A server that misbehaves on purpose, and the list of its behaviours with what a client must make of each."""

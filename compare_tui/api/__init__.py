"""The dialects of the endpoints: requests out, bytes in, events on."""

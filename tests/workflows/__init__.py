"""What the diagrams and forms promise: they can be read, driven to every end, and filled in."""

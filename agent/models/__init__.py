"""Chat models by name: the embedded one, which quotes and does not write, and those of the providers."""

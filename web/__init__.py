"""The chat widget's files; Python only needs to find them."""

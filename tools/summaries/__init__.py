"""Summaries of documents of any length: what one is, and how it is made from quotes or by a model."""

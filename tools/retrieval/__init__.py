"""Finding the passages of the library that answer a question, for whoever may read them."""

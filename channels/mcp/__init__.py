"""The tools, offered to other assistants by the Model Context Protocol; the only package that knows its library."""

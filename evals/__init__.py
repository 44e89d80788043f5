"""Quality, measured on data that the project does not hold."""

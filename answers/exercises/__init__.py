"""The exercises, one a file, named after the function that it asks for."""

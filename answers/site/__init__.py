"""What builds the site, and what runs and checks the Python and the prose of its pages."""

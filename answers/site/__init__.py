"""What builds the site: MkDocs' hooks, fences, and what the browser loads."""

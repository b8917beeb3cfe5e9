"""What a learner is given: the file to begin with, and the solution, cut from the source."""

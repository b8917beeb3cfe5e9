"""`python -m answers`: the command `answers`, for where its script is not on the path."""

from answers.cli import main

if __name__ == "__main__":
    main()

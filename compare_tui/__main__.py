"""`python -m compare_tui`."""

from compare_tui.cli import main

if __name__ == "__main__":
    main()

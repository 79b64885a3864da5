"""`python -m livecam` is `livecam`."""

from livecam.cli import main

if __name__ == "__main__":
    main()

"""``python -m vesicle``: the command line, where no folder of programs is on the path."""

from vesicle.cli import main

if __name__ == "__main__":
    main()

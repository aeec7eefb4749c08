"""``python -m converter``, and the command ``converter``."""

from converter.envelope import heap


def main() -> None:
    """Run the command line; cycles are looked for seldom while it and the command are loaded."""
    heap.look_seldom()
    from converter.cli import main as command

    command()


if __name__ == "__main__":
    main()

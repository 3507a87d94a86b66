"""``python -m pipeline`` is the command ``bangfu``."""

from pipeline.cli import app

if __name__ == "__main__":
    app(prog_name="bangfu")

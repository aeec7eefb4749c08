"""Where the converter's state lies in a history, how it is backed up and put back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

from converter.state import tables

#: makes the store of a world below a folder
MakeStore = Callable[[Path], "Store"]


class Store(Protocol):
    """A place for one state. Nobody has it open while it is backed up or restored."""

    url: str

    def backup(self) -> Any:
        """All that is there."""

    def restore(self, backup: Any) -> None:
        """Only what was there."""

    def close(self) -> None:
        """The history is over."""


class FileStore:
    """A file of SQLite's, copied."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.url = f"sqlite:///{root / 'exchange.db'}"

    def backup(self) -> dict[str, bytes]:
        """The file."""
        return {path.name: path.read_bytes() for path in self._files()}

    def restore(self, backup: dict[str, bytes]) -> None:
        """The file as it was."""
        for path in self._files():
            path.unlink()
        for name, data in backup.items():
            (self._root / name).write_bytes(data)

    def close(self) -> None:
        """The folder goes as a whole."""

    def _files(self) -> list[Path]:
        return sorted(each for each in self._root.glob("exchange.db*") if each.suffix != ".lock")


class ServerStore:
    """A database on a server, used by one history after another; its tables are copied."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.close()

    def backup(self) -> dict[str, list[dict[str, Any]]]:
        """Every row; no tables where there were none."""
        engine = self._engine()
        with engine.connect() as connection:
            if not inspect(connection).has_table("layout"):
                return {}
            return {
                table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
                for table in tables.METADATA.sorted_tables
            }

    def restore(self, backup: dict[str, list[dict[str, Any]]]) -> None:
        """Every row as it was."""
        if not backup:
            self.close()
            return
        with self._engine().begin() as connection:
            for table in tables.METADATA.sorted_tables:
                connection.execute(table.delete())
                if backup[table.name]:
                    connection.execute(table.insert(), backup[table.name])

    def close(self) -> None:
        """An empty database for the next history."""
        with self._engine().begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")

    def _engine(self) -> Engine:
        return create_engine(self.url, poolclass=NullPool)

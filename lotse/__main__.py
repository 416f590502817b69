"""`lotse` and `python -m lotse`: the command line, and one clear sentence for what goes wrong before it starts."""

import io
import os
import sys

try:
    from pydantic import ValidationError

    from db.backup import BackupError
    from db.crypto import KeyFileError, SealBrokenError
    from db.engine import StorageBusyError, StorageDamagedError, why_busy
    from db.migrate import NewerSchemaError
    from lotse.cli import app
    from lotse.runtime import StartError
    from lotse.settings import Settings
    from lotse.wrong import described
except KeyboardInterrupt:
    # Reading the program takes a second or two.
    sys.exit(130)


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.encoding.lower().startswith("utf"):
        # A terminal of another encoding cannot show the names of languages; that is no reason to show nothing.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except (StartError, KeyFileError, NewerSchemaError, BackupError) as error:
        sys.exit(f"lotse: {error}")
    except StorageBusyError:
        sys.exit(f"lotse: {why_busy(Settings().storage_url)}")
    except StorageDamagedError as error:
        sys.exit(
            f"lotse: The file of the database is damaged, or is no database ({error}). Look at its path, or restore a backup."
        )
    except SealBrokenError as error:
        sys.exit(
            f"lotse: Something sealed in the database does not open ({error}): it was changed, or its key is not in the key file. Put the key file back that fits, or restore a backup."
        )
    except PermissionError as error:
        sys.exit(f"lotse: {error.filename or 'Something'} is closed to this account ({error.strerror}).")
    except OSError as error:
        sys.exit(f"lotse: {_file_trouble(error)}")
    except ValidationError as error:
        sys.exit(f"lotse: {described(error)}")


def _file_trouble(error: OSError) -> str:
    if error.filename is None:
        # It may have been what is printed that found no room; what of it still waits would be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return f"{error.strerror or error}."
    return f"{error.filename} cannot be read or written ({error.strerror})."


if __name__ == "__main__":
    main()

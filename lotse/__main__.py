"""`lotse` and `python -m lotse`: the command line, and one clear sentence for what goes wrong before it starts."""

import sys

from pydantic import ValidationError

from db.backup import BackupError
from db.crypto import KeyFileError
from db.engine import StorageBusyError
from db.migrate import NewerSchemaError
from lotse.cli import app
from lotse.runtime import StartError


def main() -> None:
    """Run the command line."""
    try:
        app()
    except (StartError, KeyFileError, NewerSchemaError, BackupError) as error:
        sys.exit(f"lotse: {error}")
    except StorageBusyError:
        sys.exit(
            "lotse: The database is locked or cannot be reached. Is its server running, or is another program using it?"
        )
    except PermissionError as error:
        sys.exit(f"lotse: {error.filename or 'Something'} is closed to this account ({error.strerror}).")
    except ValidationError as error:
        lines = [
            f"  LOTSE_{'__'.join(map(str, e['loc'])).upper()}: {e['msg']}"
            for e in error.errors(include_input=False)
        ]
        sys.exit("lotse: a setting is not right:\n" + "\n".join(lines))


if __name__ == "__main__":
    main()

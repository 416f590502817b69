"""The keys that the settings name, and whether they are those of the database."""

from db import rotation
from db.crypto import KeyFileError, Keyring, load_keyring
from lotse.settings import Settings


def keyring(settings: Settings) -> Keyring:
    """The keys from the environment or the key file. Raises KeyFileError."""
    if settings.keys is not None:
        return Keyring.from_json(settings.keys.get_secret_value())
    return load_keyring(settings.key_path)


def fitting_keyring(settings: Settings) -> Keyring:
    """The keys, once they are seen to open what is sealed in the database, which has the newest schema. Raises KeyFileError."""
    ring = keyring(settings)
    if not rotation.fits(settings.storage_url, ring):
        place = settings.key_path if settings.keys is None else "LOTSE_KEYS"
        raise KeyFileError(
            f"These are not the keys of this database: nothing in it opens with {place}. Put its own key file back, from where the copy is kept."
        )
    return ring

"""Passwords and six-digit codes: the libraries that make and check them; slow on purpose, so call them outside a transaction."""

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from people.accounts import rules


class Passwords:
    """Argon2id hashes. A name that nobody has is checked against a hash that no password fits, and takes as long."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody")

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self._hasher.hash(password)

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash."""
        try:
            self._hasher.verify(password_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None


def new_totp_secret() -> str:
    """A secret for an authenticator, 160 bits in base 32."""
    return pyotp.random_base32()


def totp_uri(secret: str, name: str, issuer: str) -> str:
    """What an authenticator reads from the QR code."""
    return pyotp.TOTP(secret, interval=rules.TOTP_SECONDS).provisioning_uri(name=name, issuer_name=issuer)


def totp_step(secret: str, code: str, steps: tuple[int, ...]) -> int | None:
    """The time step whose code this is, None where it is the code of none of them."""
    totp = pyotp.TOTP(secret, interval=rules.TOTP_SECONDS)
    typed = "".join(code.split())
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), typed)), None)

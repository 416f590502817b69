"""What can go wrong when somebody signs in, each with the sentence that they read."""

from people.errors import DomainError


class SignInError(DomainError):
    """Name, password or code is wrong; it is never said which."""

    key = "desk.error.sign_in"
    keeps_effect = True


class SignInTooOftenError(DomainError):
    """Too many failed sign-ins; wait a little."""

    key = "desk.error.too_often"


class CodeWrongError(DomainError):
    """The six digits of the authenticator are not the ones of now, or were used already."""

    key = "desk.error.code_wrong"


class CodeInvalidError(DomainError):
    """The link was never made, is used up or too old."""

    key = "desk.error.link_invalid"


class PasswordWeakError(DomainError):
    """The password is too short, too simple, or holds the user name."""

    key = "desk.error.password_weak"


class AccountNameError(DomainError):
    """No user name can look like that."""

    key = "desk.error.account_name"


class AccountNameTakenError(DomainError):
    """Somebody has this user name already."""

    key = "desk.error.account_name_taken"


class AccountRoleError(DomainError):
    """An account needs a role that works at the desk."""

    key = "desk.error.account_role"


class OwnAccountError(DomainError):
    """Nobody closes their own account or takes their own administration away."""

    key = "desk.error.own_account"


class PhoneTakenError(DomainError):
    """The phone belongs to a client, or to a colleague with cases of their own."""

    key = "desk.error.phone_taken"

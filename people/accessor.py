"""The one place where rights are asked for."""

from people import rules
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Ownership, Permission


class Accessor:
    """The one place where rights are asked for."""

    def require(self, actor: Actor, permission: Permission, ownership: Ownership | None = None) -> None:
        """Pass, or raise NotAllowedError; for a record of somebody, NotFoundError, as if it did not exist."""
        if rules.allows(actor, permission, ownership):
            return
        raise NotFoundError() if ownership is not None else NotAllowedError()

    def allowed(self, actor: Actor) -> frozenset[Permission]:
        """What the actor may do as far as roles decide it: for menus, which show nothing that is refused."""
        return frozenset(permission for permission in Permission if rules.has_role(actor, permission))

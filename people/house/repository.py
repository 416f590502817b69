"""Every SQL statement about the settings of the house and who changed them."""

from sqlalchemy import delete, insert, select

from db.engine import Transaction
from db.tables.house import house_changes, house_settings
from db.tables.people import roles
from people.house.types import RoleChange, Setting, SettingChange


class HouseRepository:
    """A row for each setting that is not as usual."""

    async def values(self, tx: Transaction) -> dict[Setting, str]:
        rows = await tx.execute(select(house_settings))
        return {Setting(row.name): row.value for row in rows if row.name in set(Setting)}

    async def put(self, tx: Transaction, setting: Setting, value: str) -> None:
        """Write a value; an empty one goes back to the default."""
        await tx.execute(delete(house_settings).where(house_settings.c.name == setting.value))
        if value:
            await tx.execute(insert(house_settings).values(name=setting.value, value=value))

    async def add_change(self, tx: Transaction, change: SettingChange) -> None:
        await tx.execute(
            insert(house_changes).values(
                id=change.id,
                name=change.setting.value,
                before=change.before,
                after=change.after,
                changed_by=change.changed_by,
                changed_at=change.changed_at,
            )
        )

    async def changes(self, tx: Transaction, limit: int) -> list[SettingChange]:
        """The newest first."""
        table = house_changes.c
        rows = await tx.execute(
            select(house_changes).order_by(table.changed_at.desc(), table.id).limit(limit)
        )
        return [
            SettingChange(row.id, Setting(row.name), row.before, row.after, row.changed_by, row.changed_at)
            for row in rows
        ]

    async def role_changes(self, tx: Transaction, limit: int) -> list[RoleChange]:
        """Roles that were given and ended, the newest first."""
        given = await tx.execute(select(roles).order_by(roles.c.granted_at.desc()).limit(limit))
        found = [RoleChange(r.person_id, r.role, False, r.granted_by, r.granted_at) for r in given]
        ended = select(roles).where(roles.c.ended_at.is_not(None)).order_by(roles.c.ended_at.desc())
        gone = await tx.execute(ended.limit(limit))
        found += [RoleChange(r.person_id, r.role, True, None, r.ended_at) for r in gone]
        return sorted(found, key=lambda change: change.at, reverse=True)[:limit]

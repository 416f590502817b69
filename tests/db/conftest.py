"""What tests of storage share: case work on an empty database of each engine; a file whose world is not empty makes its own."""

from collections.abc import Callable

import pytest

from agreements.privacy.service import PrivacyService
from agreements.privacy.types import Limits
from db.crypto import Cipher
from db.engine import Database
from tests.db.agreements_world import World


@pytest.fixture
def world(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> World:
    return World(database, cipher, new_id)


@pytest.fixture
def privacy(world: World) -> PrivacyService:
    return world.privacy(Limits())

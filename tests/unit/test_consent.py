"""When a consent holds, and which words belong to which version of its text."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agreements.handover import bundle
from agreements.handover.rules import ASKED_FOR, TEXT, VALID_FOR, VERSION, chosen, state, valid
from agreements.handover.types import Consent, Given, Part, State
from i18n.catalogues import texts

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ASKED = Consent("c", "k", tuple(Part), VERSION, "ar", Given.PHONE, "staff", NOW)
YES = replace(ASKED, said=True, answered_at=NOW)
TEXTS = {"1": "bbd5198ff260a812"}


def test_another_text_has_another_version() -> None:
    """What somebody agreed to must be known later: whoever changes a sentence counts on, and adds the new digest."""
    said = "\n".join(texts("de")[key][0] for key in TEXT)
    assert TEXTS[VERSION] == hashlib.sha256(said.encode()).hexdigest()[:16]


def test_a_consent_goes_from_asked_to_its_end() -> None:
    assert state(ASKED, NOW) is State.ASKED
    assert state(ASKED, NOW + ASKED_FOR) is State.LAPSED
    assert state(replace(ASKED, said=False, answered_at=NOW), NOW) is State.REFUSED
    assert state(YES, NOW + VALID_FOR - DAY) is State.VALID
    assert state(YES, NOW + VALID_FOR) is State.OLD
    assert state(replace(YES, revoked_at=NOW), NOW) is State.REVOKED


def test_the_last_answer_counts() -> None:
    no = replace(ASKED, id="n", said=False, answered_at=NOW + DAY)
    later = NOW + 2 * DAY
    assert valid([YES], later) == YES
    assert valid([no, YES], later) is None
    assert valid([replace(YES, id="y", answered_at=later), no, YES], later)
    assert valid([replace(YES, revoked_at=later)], later) is None
    assert valid([ASKED], later) is None
    # A paper that came in late, and is older than the revocation, brings nothing back.
    paper = replace(YES, id="p", how=Given.PAPER, answered_at=NOW + DAY)
    assert valid([paper, replace(YES, revoked_at=later)], later + DAY) is None


def test_without_a_case_number_nobody_knows_whose_it_is() -> None:
    assert chosen(["placements", "nonsense"]) == (Part.PERSON, Part.PLACEMENTS)


def test_everything_that_is_recorded_belongs_to_one_part_or_stays() -> None:
    assert not set(bundle.EDUCATION) & set(bundle.WORK)
    assert not bundle.KEPT_BACK & {*bundle.EDUCATION, *bundle.WORK}

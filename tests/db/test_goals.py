"""Target agreements on both databases: goals, who does what, and versions that stay readable."""

from datetime import date, timedelta

import pytest

from agreements.errors import DayTooOldError, DueInPastError, PhraseInvalidError
from agreements.goals import errors
from agreements.goals.rules import FIELD_OF, TASKS, roadmap_number
from i18n.phrases import PHRASES, Category, of_category
from offers.types import FIELDS_OF_ACTION
from people.errors import NotFoundError
from people.types import Role
from tests.db.agreements_world import World

FEB = date(2027, 2, 20)
TODAY = date(2027, 2, 1)


def test_every_goal_belongs_to_a_field_of_the_roadmap_and_every_field_has_one() -> None:
    assert {phrase.id for phrase in of_category(Category.GOAL)} == set(FIELD_OF)
    assert set(FIELD_OF.values()) == set(FIELDS_OF_ACTION)
    assert all(PHRASES[task].category is Category.ANSWER and not PHRASES[task].slots for task in TASKS)


@pytest.mark.parametrize(
    ("text", "number"), [("2.2", "2.2"), (" 3.2.3. ", "3.2.3"), ("2", None), ("0.1", None), ("2.x", None)]
)
def test_roadmap_numbers(text: str, number: str | None) -> None:
    assert roadmap_number(text) == number


async def test_what_was_signed_stays_readable_when_it_changes(world: World) -> None:
    coordinator, client, _ = await world.case()
    first = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        goal = await world.goals.add_goal(
            tx, coordinator, client.id, "find_work", world.now, words="Schneiderei", roadmap_goal="4.2"
        )
        await world.goals.link_milestone(tx, coordinator, first.id, goal.id, "4.2")
        await world.goals.add_task(
            tx, coordinator, client.id, "i_register_you", FEB, world.now, milestone_id=first.id
        )
        before = await world.goals.agreement(tx, coordinator, client.id)
        assert before.changed
        version = await world.goals.sign(tx, coordinator, client.id, TODAY, world.now)
        assert (version.number, version.content) == (1, before.content)
        agreement = await world.agreements.agreement(tx, coordinator, client.id)
        assert agreement is not None
        assert (agreement.id, agreement.signed_on) == (version.agreement_id, TODAY)
        with pytest.raises(errors.SignedAlreadyError):
            await world.goals.sign(tx, coordinator, client.id, TODAY, world.now)
        await world.agreements.move_milestone(tx, coordinator, first.id, FEB + timedelta(days=7), world.now)
    async with world.database.write() as tx:
        view = await world.goals.agreement(tx, coordinator, client.id)
        assert view.changed
        assert view.content.steps[0].due_on == FEB + timedelta(days=7)
        assert view.content.steps[0].goal_id == goal.id
        with pytest.raises(errors.AgreementChangedError):
            await world.goals.sign(tx, coordinator, client.id, TODAY, world.now, seen=before.content.mark)
        stands = (await world.goals.agreement(tx, coordinator, client.id)).content.mark
        for slip in (date(206, 2, 1), date(2024, 1, 20)):
            with pytest.raises(DayTooOldError):
                await world.goals.sign(tx, coordinator, client.id, slip, world.now)
        second = await world.goals.sign(tx, coordinator, client.id, TODAY, world.now, seen=stands)
        versions = (await world.goals.agreement(tx, coordinator, client.id)).versions
    assert [item.number for item in versions] == [2, 1]
    assert versions[1].content == before.content
    assert versions[1].content.goals[0].words == "Schneiderei"
    assert versions[0] == second
    # New milestones belong to the newest version.
    third = await world.milestone(coordinator, client, FEB)
    assert third.agreement_id == second.agreement_id


async def test_progress_is_no_change_of_the_agreement(world: World) -> None:
    coordinator, client, _ = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        goal = await world.goals.add_goal(tx, coordinator, client.id, "meet_people", world.now)
        task = await world.goals.add_task(tx, coordinator, client.id, "i_will_call_you", FEB, world.now)
        await world.goals.sign(tx, coordinator, client.id, TODAY, world.now)
        await world.agreements.confirm_milestone(tx, coordinator, milestone.id, world.now)
        await world.goals.reach_goal(tx, coordinator, goal.id, TODAY)
        await world.goals.finish_task(tx, coordinator, task.id, TODAY)
        assert not (await world.goals.agreement(tx, coordinator, client.id)).changed
        assert (await world.goals.goals(tx, coordinator, client.id))[0].reached_on == TODAY
        assert (await world.goals.tasks(tx, coordinator, client.id))[0].done_on == TODAY
        await world.goals.drop_goal(tx, coordinator, goal.id, world.now)
        assert (await world.goals.agreement(tx, coordinator, client.id)).changed
        await world.goals.restore_goal(tx, coordinator, goal.id)
        await world.goals.drop_task(tx, coordinator, task.id, world.now)
        assert (await world.goals.agreement(tx, coordinator, client.id)).changed
        await world.goals.restore_task(tx, coordinator, task.id)
        assert not (await world.goals.agreement(tx, coordinator, client.id)).changed


async def test_what_does_not_fit_is_refused(world: World) -> None:
    coordinator, client, _ = await world.case()
    _, other, _ = await world.case()
    async with world.database.write() as tx:
        with pytest.raises(errors.NothingAgreedError):
            await world.goals.sign(tx, coordinator, client.id, TODAY, world.now)
        with pytest.raises(errors.GoalUnknownError):
            await world.goals.add_goal(tx, coordinator, client.id, "write_cv", world.now)
        with pytest.raises(errors.GoalWordsError):
            await world.goals.add_goal(tx, coordinator, client.id, "find_work", world.now, words="x" * 301)
        with pytest.raises(errors.RoadmapNumberError):
            await world.goals.add_goal(tx, coordinator, client.id, "find_work", world.now, roadmap_goal="x")
        with pytest.raises(PhraseInvalidError):
            await world.goals.add_task(tx, coordinator, client.id, "write_cv", FEB, world.now)
        with pytest.raises(DueInPastError):
            await world.goals.add_task(
                tx, coordinator, client.id, TASKS[0], TODAY - timedelta(days=1), world.now
            )
        goal = await world.goals.add_goal(
            tx, coordinator, client.id, "find_work", world.now, words=" a\nb ", roadmap_goal="4.2"
        )
        assert (goal.words, goal.roadmap_goal) == ("a b", "4.2")
        with pytest.raises(errors.SignedInFutureError):
            await world.goals.sign(tx, coordinator, client.id, FEB, world.now)
    theirs = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        with pytest.raises(NotFoundError):
            await world.goals.link_milestone(tx, coordinator, theirs.id, "nothing")
        with pytest.raises(NotFoundError):
            await world.goals.add_goal(tx, coordinator, other.id, "find_work", world.now)


async def test_agreements_are_for_their_coordinator_alone(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        goal = await world.goals.add_goal(tx, coordinator, client.id, "find_work", world.now)
        task = await world.goals.add_task(tx, coordinator, client.id, TASKS[0], FEB, world.now)
    strangers = [person, *[await world.person(role) for role in Role if role is not Role.CLIENT]]
    async with world.database.write() as tx:
        for actor in strangers:
            for call in (
                world.goals.goals(tx, actor, client.id),
                world.goals.tasks(tx, actor, client.id),
                world.goals.agreement(tx, actor, client.id),
                world.goals.add_goal(tx, actor, client.id, "find_work", world.now),
                world.goals.reach_goal(tx, actor, goal.id, None),
                world.goals.drop_goal(tx, actor, goal.id, world.now),
                world.goals.link_milestone(tx, actor, milestone.id, None),
                world.goals.add_task(tx, actor, client.id, TASKS[0], FEB, world.now),
                world.goals.finish_task(tx, actor, task.id, None),
                world.goals.drop_task(tx, actor, task.id, world.now),
                world.goals.sign(tx, actor, client.id, TODAY, world.now),
            ):
                with pytest.raises(NotFoundError):
                    await call

"""Searching with buttons and passing a card on, as volunteers and everybody else do it."""

from urllib.parse import parse_qs, urlsplit

from tests.bot.world import CLIENT, VOLUNTEER, LotseWorld, all_said, data_of, said, sentence


async def test_counts_before_the_tap_are_what_the_tap_leaves(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    await vera.says("/menu")
    [first] = await vera.taps(sentence("de", "filter.menu"))
    every = lotse.rows("SELECT count(*) FROM offers WHERE status = 'published'")[0][0]
    assert 0 < int("".join(filter(str.isdigit, (await vera.labels())[0]))) <= every
    assert sentence("de", "filter.title") in said(first)

    await vera.taps(sentence("de", "filter.topic"))
    label = next(
        text for text in await vera.labels() if text.startswith(sentence("de", "topic.german_course"))
    )
    await vera.taps(data="filter.set:topic:german_course")
    shown = (await vera.labels())[0]
    assert shown == sentence("de", "filter.show", count=int(label.split("(")[1].rstrip(")")))

    await vera.taps(data="filter.by:place")
    place, haar = next(
        (text, data)
        for text, data in zip(await vera.labels(), data_of(await vera.last()), strict=True)
        if text.startswith("Haar")
    )
    await vera.taps(data=haar)
    left = int(place.split("(")[1].rstrip(")"))
    assert (await vera.labels())[0] == sentence("de", "filter.show", count=left)

    [listed] = await vera.taps(data="filter.list:0")
    assert sentence("de", "filter.found", count=left) in said(listed)
    offers = [data.split(":")[1] for data in data_of(listed) if data.startswith("card:")]
    assert len(offers) == min(left, 8)
    marks = ",".join("?" * len(offers))
    assert lotse.rows(f"SELECT DISTINCT topic FROM offers WHERE id IN ({marks})", *offers) == [
        ("german_course",)
    ]
    [card] = await vera.taps(data=f"card:{offers[0]}")
    assert "🗣" in said(card)
    [other] = await vera.taps(data=f"card:{offers[1]}", message_id=listed["message_id"])
    assert len({listed["message_id"], card["message_id"], other["message_id"]}) == 3, "the list stays"


async def test_filters_go_on_from_what_was_asked_and_can_be_taken_away(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("german course in Haar")
    [narrow] = await amira.taps(sentence("en", "filter.button"))
    assert "Haar" in said(narrow)
    await amira.taps(data="filter.by:place")
    [wide] = await amira.taps(sentence("en", "filter.any"))
    assert "Haar" not in said(wide)
    [free] = await amira.taps(data="filter.set:free:yes")
    assert sentence("en", "filter.free") in said(free)
    await amira.taps(data="filter.list:0")
    for offer in [data.split(":")[1] for data in data_of(await amira.last()) if data.startswith("card:")]:
        assert lotse.rows("SELECT cost FROM offers WHERE id = ?", offer) == [("free",)]
    # A typed follow-up keeps what was tapped.
    await amira.says("only evenings")
    [again] = await amira.taps(data="filter")
    assert sentence("en", "filter.free") in said(again)


async def test_nothing_left_says_so_and_offers_a_way_back(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers("filter.none")
    await amira.tampers("filter.set:topic:return_advice")
    await amira.tampers("filter.set:audience:children")
    await amira.tampers("filter.set:level:C2")
    screen = await amira.tampers("filter.set:weekday:SU")
    if sentence("en", "filter.nothing") in all_said(screen):
        assert not any(data.startswith("filter.list") for data in data_of(await amira.last()))
    assert "filter.none" in data_of(await amira.last())


async def test_a_made_up_value_changes_nothing(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers("filter.none")
    for data in (
        "filter.set:level:Z9",
        "filter.set:text:x",
        "filter.set:place:99",
        "filter.by:text",
        "filter.list:-1",
    ):
        assert sentence("en", "error.not_found") in all_said(await amira.tampers(data)), data


async def test_a_card_is_passed_on_and_opens_for_somebody_who_was_never_here(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    [offer] = lotse.rows("SELECT id, name FROM offers WHERE status = 'published' ORDER BY id LIMIT 1")
    await vera.says("/menu")
    [card] = await vera.tampers(f"offer:{offer[0]}")
    rows = card["reply_markup"]["inline_keyboard"]
    share = next(b["url"] for row in rows for b in row if b["text"] == sentence("de", "share.button"))
    passed_on = parse_qs(urlsplit(share).query)
    assert passed_on["text"] == [offer[1]]
    amira = lotse.phone(7061, language="uk")
    opened = await amira.opens(passed_on["url"][0])
    assert offer[1] in all_said(opened), "the card, before any question"
    assert lotse.rows("SELECT count(*) FROM drafts WHERE kind = 'invitation'") == [(0,)]
    assert sentence("de", "error.not_found") in all_said(await vera.opens("offer_nothing"))


async def test_a_list_whose_filters_are_forgotten_says_so(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers("filter.none")
    await amira.tampers("filter.set:topic:german_course")
    [listed] = await amira.taps(data="filter.list:0")
    assert "filter.list:1" in data_of(listed)
    await lotse.moves(minutes=16)
    for button in ("filter.list:1", "filter.list:0", "filter.by:place", "filter.set:free:yes"):
        [over] = await amira.tampers(button)
        assert said(over) == sentence("en", "error.dialogue_over"), button
    [anew] = await amira.taps(sentence("en", "filter.reset"))
    assert sentence("en", "filter.title") in said(anew)
    await amira.tampers("filter.set:topic:german_course")
    [again] = await amira.taps(data="filter.list:0")
    assert said(again) == said(listed)


async def test_the_filter_button_of_an_old_answer_begins_anew(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("german course in Haar")
    await lotse.moves(minutes=16)
    [anew] = await amira.taps(sentence("en", "filter.button"))
    assert sentence("en", "filter.title") in said(anew)
    assert "Haar" not in said(anew)
    [free] = await amira.tampers("filter.set:free:yes")
    assert sentence("en", "filter.free") in said(free)

"""python-telegram-bot against the playground: what bots are written with takes it for Telegram."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from playground import Phone, Server
from tests.playground.conftest import Caller


def bot(server: Server, token: str = Server.token) -> Bot:
    return Bot(token, base_url=server.api_url, base_file_url=server.file_url)


async def test_every_method_gives_an_object_of_the_library(server: Server, client_phone: Phone) -> None:
    async with bot(server) as lotse:
        assert lotse.username == "lotse_playground_bot"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("ok", callback_data="x")]])
        sent = await lotse.send_message(7001, "😀 <b>bold</b>", parse_mode="HTML", reply_markup=keyboard)
        assert list(sent.parse_entities().values()) == ["bold"]
        assert isinstance(await sent.edit_text("new"), type(sent))
        document = await lotse.send_document(7001, b"BEGIN:VCALENDAR", filename="termin.ics", caption="c")
        assert document.document is not None
        file = await lotse.get_file(document.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"BEGIN:VCALENDAR"
        assert (await lotse.send_photo(7001, b"\x89PNG")).photo
        assert (await lotse.send_location(7001, 48.1, 11.7)).location is not None
        assert (await lotse.get_chat(7001)).first_name == "Amira"
        assert await lotse.set_my_commands([("menu", "Menü")], language_code="de")
        assert (await lotse.get_my_commands(language_code="de"))[0].command == "menu"
        assert await lotse.set_my_name("Lotse 2")
        assert (await lotse.get_my_name()).name == "Lotse 2"
        assert (await lotse.get_webhook_info()).url == ""
        assert await lotse.set_chat_menu_button()
        assert await sent.delete()


async def test_errors_become_the_errors_of_the_library(
    server: Server, api: Caller, client_phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    stranger = bot(server, "1:wrong")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    for request in stranger._request:
        await request.shutdown()
    async with bot(server) as lotse:
        with pytest.raises(BadRequest, match="Chat not found"):
            await lotse.send_message(1, "a")
        with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
            await lotse.send_message(7001, "<3", parse_mode="HTML")
        for status, error in ((403, Forbidden), (409, Conflict), (429, RetryAfter), (502, NetworkError)):
            await api.play("/play/faults", kind="error", status=status)
            with pytest.raises(error):
                await lotse.send_message(7001, "a")
        await api.play("/play/faults", kind="cut_after")
        with pytest.raises(NetworkError):
            await lotse.send_message(7001, "a")


async def echo(update: Update, _context: object) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text(f"echo {update.effective_message.text}")


async def start(update: Update, context: object) -> None:
    assert update.effective_message is not None
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("tap", callback_data="x")]])
    await update.effective_message.reply_text("started", reply_markup=keyboard)


async def tapped(update: Update, _context: object) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("thanks")
    await update.callback_query.edit_message_text("tapped")


async def test_an_echo_bot_runs_on_it(server: Server) -> None:
    builder = ApplicationBuilder().token(server.token).base_url(server.api_url).base_file_url(server.file_url)
    application: Application = builder.build()  # type: ignore[type-arg]
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(tapped))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application, server.phone(7001) as phone:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=5)
        await phone.open("https://t.me/lotse_playground_bot?start=abc")
        await phone.wait("started")
        answered = await phone.tap("tap")
        assert answered["answer"]["text"] == "thanks"
        await phone.wait("tapped")
        await asyncio.gather(*[phone.say(f"message {number}") for number in range(20)])
        for number in range(20):
            assert any(f"echo message {number}" == message["text"] for message in await _settled(phone, 42))
        await application.updater.stop()
        await application.stop()


async def _settled(phone: Phone, count: int) -> list[dict[str, str]]:
    async with asyncio.timeout(15):
        while len(found := await phone.messages()) < count:
            await phone.new(1)
    return found

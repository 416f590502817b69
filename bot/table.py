"""Every way into the bot, in the order in which it is tried; docs/handlers.md and the rights matrix are made from it."""

from bot.handlers.client import (
    agreement,
    card,
    cases,
    consent,
    family,
    feedback,
    kept,
    logbook,
    messages,
    narrow,
    offices,
    others,
    own,
    placed,
    question,
    restriction,
    times,
    together,
)
from bot.handlers.coordinator import clients, day, requests
from bot.handlers.coordinator.routes import ROUTES as COORDINATOR
from bot.handlers.shared import invitation, lock, mydata, settings, start
from bot.handlers.volunteer.routes import ROUTES as VOLUNTEER
from bot.routes import Route
from bot.routes import RouteKind as Kind
from people.types import Permission as May

ROUTES: tuple[Route, ...] = (
    Route(Kind.LINK, "join", invitation.join, May.ASK, "opens an invitation", args=1, before_notice=True),
    Route(
        Kind.LINK,
        "desk",
        invitation.claim_desk,
        May.ASK,
        "links the phone to an account at the desk",
        args=1,
        before_notice=True,
    ),
    Route(Kind.LINK, "offer", question.shared, May.ASK, "a card that somebody passed on", args=1),
    together.LINK,
    Route(Kind.COMMAND, "start", start.start, May.ASK, "language, notice, menu", before_notice=True),
    Route(Kind.COMMAND, "menu", start.menu, May.ASK, "the menu"),
    Route(Kind.COMMAND, "language", start.languages, May.ASK, "choose a language", before_notice=True),
    Route(Kind.COMMAND, "help", start.show_help, May.ASK, "what the bot can do"),
    Route(Kind.COMMAND, "person", own.human, May.ASK, "talk to a human being"),
    Route(Kind.COMMAND, "appointments", own.appointments, May.ASK, "own appointments"),
    Route(Kind.COMMAND, "goals", own.goals, May.ASK, "own goals"),
    Route(Kind.COMMAND, "papers", logbook.show, May.ASK, "the Logbuch and what to bring"),
    Route(Kind.COMMAND, "day", day.today, May.SEE_DAY, "my day, or the team's numbers"),
    Route(Kind.COMMAND, "clients", clients.every, May.LIST_CLIENTS, "my clients, worst first"),
    Route(Kind.COMMAND, "requests", requests.every, May.LIST_CLIENTS, "what waits for an answer"),
    Route(Kind.COMMAND, "stop", settings.stop, May.ASK, "pause all pushes"),
    Route(Kind.COMMAND, "privacy", settings.privacy, May.ASK, "what is stored"),
    Route(Kind.COMMAND, "mydata", mydata.show, May.ASK, "everything that is stored about whoever asks"),
    Route(
        Kind.COMMAND,
        "delete",
        settings.forget,
        May.ASK,
        "ask whether to delete the chat data",
        before_notice=True,
    ),
    Route(
        Kind.TAP, "lang", start.choose_language, May.ASK, "speak this language", args=1, before_notice=True
    ),
    Route(Kind.TAP, "langs", start.languages, May.ASK, "choose a language", before_notice=True),
    Route(
        Kind.TAP, "notice", start.accept_notice, May.ASK, "the notice was read", args=1, before_notice=True
    ),
    Route(Kind.TAP, "join", invitation.accept, May.ASK, "take the shown invitation up"),
    Route(Kind.TAP, "menu", start.menu, May.ASK, "the menu"),
    Route(Kind.TAP, "settings", settings.settings, May.ASK, "pause, reminders, privacy, delete"),
    Route(Kind.TAP, "pause", settings.pause, May.ASK, "pause or resume pushes", args=1),
    Route(Kind.TAP, "hide", settings.hide, May.ASK, "delete the bot's last messages from the chat"),
    Route(Kind.TAP, "remind", settings.remind, May.ASK, "reminders on or off", args=1, locked=True),
    Route(Kind.TAP, "unlink", settings.unlink, May.ASK, "end the link to the own coordinator", locked=True),
    Route(
        Kind.TAP,
        "remind.for",
        settings.remind,
        May.ASK,
        "reminders of one case on or off",
        args=2,
        locked=True,
    ),
    Route(Kind.TAP, "privacy", settings.privacy, May.ASK, "what is stored"),
    Route(Kind.TAP, "mydata", mydata.show, May.ASK, "everything that is stored about whoever asks"),
    Route(Kind.TAP, "mydata.file", mydata.as_file, May.ASK, "the same as JSON or PDF", args=1),
    Route(Kind.TAP, "mydata.seen", mydata.seen, May.ASK, "who looked at the record of whoever asks"),
    Route(
        Kind.TAP,
        "forget",
        settings.forget,
        May.ASK,
        "ask whether to delete the chat data",
        before_notice=True,
    ),
    Route(Kind.TAP, "forget.yes", settings.forget_now, May.ASK, "delete the chat data", before_notice=True),
    Route(Kind.TAP, "sos", settings.sos, May.ASK, "emergency numbers", before_notice=True),
    Route(Kind.TAP, "topic", question.topic, May.ASK, "offers of a topic", args=1),
    Route(Kind.TAP, "guess", question.intent, May.ASK, "one of three guesses", args=1),
    Route(Kind.TAP, "meant", question.meant, May.ASK, "one of three guesses, a topic", args=2),
    Route(Kind.TAP, "near", question.ask_location, May.ASK, "ask for a location"),
    Route(Kind.TAP, "offer", card.more, May.ASK, "everything about an offer", args=1),
    Route(
        Kind.TAP, "card", question.listed, May.ASK, "the same below the list that it was tapped in", args=1
    ),
    Route(Kind.TAP, "ics", card.calendar, May.ASK, "dates of an offer as a calendar file", args=1),
    Route(Kind.TAP, "date", card.date_news, May.ASK, "what became of one date of an offer", args=1),
    Route(
        Kind.TAP, "want.for", card.want_for, May.ASK, "a wish of one case for an offer", args=2, locked=True
    ),
    Route(Kind.TAP, "want", card.want, May.ASK, "a wish for an offer", args=1, locked=True),
    Route(Kind.TAP, "wrong", card.wrong, May.ASK, "choose what is wrong with an offer", args=1),
    Route(Kind.TAP, "wrong.as", card.report, May.ASK, "report what is wrong", args=2),
    Route(Kind.TAP, "card.langs", card.languages, May.SHARE_OFFER, "choose a language for a card", args=1),
    Route(Kind.TAP, "card.in", card.in_language, May.SHARE_OFFER, "a card in another language", args=2),
    Route(Kind.TAP, "human", own.human, May.ASK, "talk to a human being"),
    Route(Kind.TAP, "talk", own.talk, May.ASK, "ask the coordinator to get in touch", args=1),
    Route(Kind.TAP, "talk.for", own.talk, May.ASK, "the same for one case of the chat", args=2),
    Route(Kind.TAP, "my.goals", own.goals, May.ASK, "own goals"),
    Route(Kind.TAP, "my.appts", own.appointments, May.ASK, "own appointments"),
    Route(Kind.TAP, "goal", own.goal, May.ASK, "one own goal", args=1),
    Route(Kind.TAP, "goal.is", own.answer, May.ASK, "done, more time or help", args=2, locked=True),
    Route(Kind.TAP, "goal.why", own.why, May.ASK, "why help is needed", args=2, locked=True),
    *together.ROUTES,
    Route(Kind.TAP, "appt", own.appointment, May.ASK, "one own appointment", args=1),
    Route(
        Kind.TAP, "appt.ics", own.appointment_calendar, May.ASK, "own appointment as a calendar file", args=1
    ),
    Route(Kind.TAP, "appt.no", own.cannot_come, May.ASK, "choose why one cannot come", args=1),
    Route(
        Kind.TAP, "appt.why", own.cannot_come_because, May.ASK, "cannot come, because", args=2, locked=True
    ),
    Route(Kind.TAP, "remember", own.open_reminder, May.ASK, "open a reminder", args=1, locked=True),
    Route(
        Kind.TAP, "reply", own.reply, May.ASK, "yes or no to the coordinator's question", args=2, locked=True
    ),
    Route(Kind.TAP, "answer", own.open_answer, May.ASK, "open the coordinator's answer", args=1),
    Route(Kind.TAP, "placed", placed.suggested, May.ASK, "an offer that was suggested", args=1),
    Route(Kind.TAP, "msg", messages.open_message, May.ASK, "open a message", args=1, locked=True),
    Route(
        Kind.TAP, "msg.is", messages.answer, May.ASK, "answer a message with yes or no", args=2, locked=True
    ),
    Route(Kind.TAP, "consent", consent.show, May.ASK, "what may go to the Jobcenter", args=1),
    Route(Kind.TAP, "consent.is", consent.answer, May.ASK, "yes or no to it", args=2, locked=True),
    Route(Kind.TAP, "consent.off", consent.take_back, May.ASK, "take the yes back", args=1, locked=True),
    *cases.ROUTES,
    *family.ROUTES,
    *agreement.ROUTES,
    *logbook.ROUTES,
    *narrow.ROUTES,
    *others.ROUTES,
    *kept.ROUTES,
    *feedback.ROUTES,
    *restriction.ROUTES,
    *times.ROUTES,
    *lock.ROUTES,
    *offices.ROUTES,
    *VOLUNTEER,
    *COORDINATOR,
    Route(
        Kind.MEMBERSHIP,
        "membership",
        start.membership,
        May.ASK,
        "the chat was blocked or opened again",
        before_notice=True,
    ),
    Route(Kind.LOCATION, "location", question.near, May.ASK, "offers near a sent location"),
    Route(Kind.TEXT, "text", question.on_text, May.ASK, "a question, or a step of a dialogue"),
    Route(Kind.MEDIA, "media", settings.media, May.ASK, "voice, photo, sticker, file"),
)

"""The playground's fixed identities and Telegram's published limits; nothing that a setting could change."""

PLAYGROUND_TOKEN = "1000000001:playground-token-of-this-machine-only"  # noqa: S105  the name says it: it opens nothing but the playground
BOT_ID = 1000000001
BOT_USERNAME = "lotse_playground_bot"
TOKEN_VARIABLE = "LOTSE_TELEGRAM_TOKEN"  # noqa: S105  the name of a variable, not a secret

TEXT_MAX = 4096
TEXT_RAW_MAX = 32768
CAPTION_MAX = 1024
CALLBACK_DATA_MAX = 64
CALLBACK_ANSWER_MAX = 200
CALLBACK_MINUTES = 15
BUTTONS_PER_ROW = 8
BUTTONS_PER_KEYBOARD = 100
UPLOAD_MAX = 50 * 1024 * 1024
PHOTO_MAX = 10 * 1024 * 1024
DOWNLOAD_MAX = 20 * 1024 * 1024
DELETE_HOURS = 48
LONG_POLL_MAX = 50

"""Settings from LOTSE_… variables or a .env file; read once, in `cli.prepare`."""

import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.engine import async_url
from lotse.addresses import address, is_here
from people.house import rules as house_rules
from people.house.types import Setting

_AT_THE_DESK = {
    "quiet_hours": Setting.QUIET_HOURS,
    "milestone_reminders": Setting.MILESTONE_REMINDERS,
    "appointment_reminders": Setting.APPOINTMENT_REMINDERS,
    "review_days": Setting.REVIEW_DAYS,
    "review_grace_days": Setting.GRACE_DAYS,
    "office_hours": Setting.OFFICE_HOURS,
}
ANCHOR = "access-log.anchor"
FILE = Path(".env")
"""Where settings may stand, in the folder that Lotse is started in."""
PROJECT = Path(__file__).resolve().parent.parent


def open_to_others(path: Path = FILE) -> bool:
    """Whether every account of this machine may read a file of settings, which can hold the bot's token; no where there is none."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


class TranslationSettings(BaseModel):
    """Machine translation of public catalogue texts; of nothing else, and of nothing unless it is switched on."""

    enabled: bool = Field(
        default=False,
        description="Let `lotse i18n translate` send public catalogue texts to the service below.",
    )
    service: str = Field(
        default="google",
        description="`google` (googletrans) or `libre` (LibreTranslate).",
        pattern="^(google|libre)$",
    )
    url: Annotated[str, AfterValidator(address)] = Field(
        default="https://translate.google.com", description="Address of the service, for one of your own."
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key of a LibreTranslate server that wants one."
    )

    per_minute: Annotated[int, Field(ge=1, le=600)] = Field(
        default=40, description="At most so many texts a minute are sent."
    )


_Days = Annotated[int, Field(ge=1, le=36500)]


class RetentionSettings(BaseModel):
    """How many days each class of data stays; the names are those of `agreements.privacy.types.Limits`."""

    strangers: _Days = Field(
        default=1, description="Days until a chat is forgotten that never went on past the notice."
    )
    idle_chats: _Days = Field(
        default=365, description="Days until a chat without case and role is forgotten that nobody writes in."
    )
    updates: _Days = Field(
        default=7, description="Days for which the number of a message that came in is known."
    )
    messages: _Days = Field(
        default=14, description="Days for which it is known that a message was sent; its text goes at once."
    )
    attempts: _Days = Field(default=1, description="Days for which wrong codes are remembered.")
    invitations: _Days = Field(
        default=30, description="Days for which a code is known that opens nothing more."
    )
    reports: _Days = Field(default=365, description="Days for which a settled report about an offer is kept.")
    removed_notes: _Days = Field(
        default=30, description="Days after which a note that a coordinator removed is gone for good."
    )
    history: _Days = Field(
        default=730, description="Days for which it is known what stood in a client's file before."
    )
    access_log: _Days = Field(
        default=365, description="Days for which it is known who looked at whose record."
    )
    tombstones: _Days = Field(
        default=3650, description="Days for which an import is refused that would bring an erased case back."
    )
    campaigns: _Days = Field(
        default=365,
        description="Days for which it is known to whom a message to many went and what they answered.",
    )
    saved: _Days = Field(
        default=365,
        description="Days for which an offer, a profile or a search stays remembered that nobody uses.",
    )
    asked: _Days = Field(
        default=90,
        description="Days for which it is known that somebody was asked how a course was; not what they said.",
    )
    guests: _Days = Field(
        default=30, description="Days after a meeting for which it is known who said that they come."
    )
    ended_roles: _Days = Field(
        default=1095, description="Days for which it is known that somebody had a role."
    )
    closed_cases: _Days = Field(
        default=1095, description="Days until a case that has ended is removed with all that hangs on it."
    )


class Settings(BaseSettings):
    """Every setting there is; docs/settings.md describes each and a test keeps it complete."""

    model_config = SettingsConfigDict(
        env_prefix="LOTSE_",
        env_nested_delimiter="__",
        env_file=FILE,
        env_file_encoding="utf-8-sig",
        extra="ignore",
    )

    telegram_token: SecretStr | None = Field(
        default=None,
        description="The bot's token from @BotFather. Without one, `make run` starts the playground.",
    )
    telegram_base_url: str = Field(
        default="https://api.telegram.org", description="Address of the Bot API, for a server of your own."
    )
    webhook_url: str | None = Field(
        default=None,
        description="Public https address for a webhook, which the reverse proxy passes on to `/telegram` at the webhook's port; where it names no path, that one is added. Polling when empty.",
        pattern=r"^(https://[^\s/?#]+[^\s]*)?$",
    )
    webhook_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=8443, description="Loopback port on which the webhook listens, behind a reverse proxy."
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="Secret that Telegram sends along, 32 to 256 of A-Z a-z 0-9 _ -. Needed with a webhook.",
    )
    health_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=0,
        description="Loopback port on which the bot says how it is: /healthz, /readyz and /metrics for Prometheus. 0 for none.",
    )
    messages_a_minute: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=60,
        description="So many messages and taps of one chat are read a minute; of what goes beyond nothing is kept. 0 for no limit.",
    )
    close_after_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        default=10,
        description="Minutes after which goals, appointments and other details that somebody opened in the chat close again. 0 for never.",
    )
    var: Path = Field(
        default=PROJECT / "var", description="Folder for the database, keys, models and the nlu socket."
    )
    database_url: str | None = Field(
        default=None,
        description="sqlite:///path or postgresql://user:password@host/name; a SQLite file in `var` when empty.",
    )
    keys_file: Path | None = Field(
        default=None, description="Key file, readable by its owner only; `var/keys.json` when empty."
    )
    keys: SecretStr | None = Field(default=None, description="The content of a key file, instead of one.")
    nlu_url: str | None = Field(
        default=None,
        description="Socket path or loopback address of a Rasa server: what people write does not leave this machine. The bundled service's socket in `var` when empty, `off` for keyword mode.",
    )
    playground_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=8081, description="Loopback port of the playground."
    )
    desk_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=8082,
        description="Loopback port of the web desk, behind a reverse proxy inside the district's network.",
    )
    desk_url: str = Field(
        default="",
        description="Address under which coordinators reach the desk, with https; the loopback address when empty.",
    )
    oidc_issuer: str = Field(
        default="", description="Issuer of the district's single sign-on (OpenID Connect); none when empty."
    )
    oidc_client_id: str = Field(default="", description="As whom the desk asks the single sign-on.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="The secret that goes with it.")
    oidc_name_claim: str = Field(
        default="preferred_username",
        description="Which claim of the single sign-on holds the desk's user name.",
    )
    worker: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = Field(
        default="bot-1", description="Name of this bot process; each of several needs its own."
    )
    log_format: str = Field(
        default="readable", description="`readable` or `json`.", pattern="^(readable|json)$"
    )
    log_level: str = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR.", pattern="^(DEBUG|INFO|WARNING|ERROR)$"
    )
    contact_phone: str = Field(
        default="089 99998 000",
        description="Telephone of the counselling service that people without a coordinator are told.",
    )
    contact_name: str = Field(
        default="Asylberatung (Beispiel)", description="Name of that counselling service."
    )
    district_name: str = Field(
        default="Landkreis München", description="Name of the district, as it stands in the notice."
    )

    quiet_hours: str = Field(
        default="21:00-08:00",
        description="When nothing is sent that can wait; administrators can set something else at the desk.",
    )
    milestone_reminders: str = Field(
        default="14d 3d 0d",
        description="How long before a goal's day clients are reminded who wish for nothing else; can be changed at the desk.",
    )
    appointment_reminders: str = Field(
        default="1d 2h",
        description="How long before an appointment clients are reminded who wish for nothing else; can be changed at the desk.",
    )
    review_days: int = Field(
        default=92, description="After how many days an offer is to be checked; can be changed at the desk."
    )
    public_url: str = Field(
        default="",
        description="Address under which the pages of `lotse offers publish` stand, with https; cards of offers that the last one wrote lead to them. None when empty.",
        pattern="^(https://[^\\s]+)?$",
    )

    review_grace_days: int = Field(
        default=60,
        description="How many days after its check is due an unconfirmed offer still ranks like the others; can be changed at the desk.",
    )

    office_hours: str = Field(
        default="Mo-Do 08:00-16:00, Fr 08:00-12:00",
        description="When the coordinators' office is open: clients are told by when they get an answer; can be changed at the desk.",
    )

    translation: TranslationSettings = Field(
        default_factory=TranslationSettings,
        description="Machine translation of the catalogue, off by default.",
    )

    retention: RetentionSettings = Field(
        default_factory=RetentionSettings, description="How long personal data stays."
    )

    @field_validator(
        "telegram_token",
        "webhook_url",
        "webhook_secret",
        "database_url",
        "keys",
        "nlu_url",
        "oidc_client_secret",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _leads_to_a_database(cls, value: str | None) -> str | None:
        if value is not None:
            async_url(value)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _telegram_takes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", value.get_secret_value()):
            raise ValueError("needs 32 to 256 of A-Z a-z 0-9 _ -")
        return value

    @field_validator("nlu_url")
    @classmethod
    def _stays_here(cls, value: str | None) -> str | None:
        if (
            value is not None
            and value.startswith(("http://", "https://"))
            and not is_here(urlsplit(value).hostname)
        ):
            raise ValueError(
                "needs a socket path or an address of this machine: what people write is not sent elsewhere"
            )
        return value

    @field_validator(*_AT_THE_DESK)
    @classmethod
    def _fits(cls, value: object, info: ValidationInfo) -> object:
        try:
            said = house_rules.written(_AT_THE_DESK[str(info.field_name)], str(value))
        except ValueError:
            default = cls.model_fields[str(info.field_name)].default
            raise ValueError(f"does not fit; it is written like {default}") from None
        return int(said) if isinstance(value, int) else said

    @property
    def close_after(self) -> timedelta:
        """How long opened details stay open; no time at all where they never close."""
        return timedelta(minutes=self.close_after_minutes)

    @property
    def house(self) -> dict[Setting, str]:
        """The defaults of what administrators can change at the desk."""
        return {setting: str(getattr(self, name)) for name, setting in _AT_THE_DESK.items()}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret in the settings, for the log to leave out."""
        given = (
            self.telegram_token,
            self.webhook_secret,
            self.keys,
            self.oidc_client_secret,
            self.translation.api_key,
        )
        password = urlsplit(self.database_url or "").password
        return (
            *(secret.get_secret_value() for secret in given if secret),
            *((password, unquote(password)) if password else ()),
        )

    @property
    def playground(self) -> bool:
        """Whether the bot talks to the playground: without a token there is no Telegram to talk to."""
        return self.telegram_token is None

    @property
    def storage_url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.var / 'lotse.db'}"

    @property
    def key_path(self) -> Path:
        """Where the key file is."""
        return self.keys_file or self.var / "keys.json"

    @property
    def anchor_path(self) -> Path:
        """Where the newest row of the access log is kept, outside the database: in `var`, unless it lies beside the keys already."""
        beside = self.key_path.with_name(ANCHOR)
        # A key file often lies where nothing may be written; but one end of the log is enough, and the known one counts.
        return beside if beside.exists() else self.var / ANCHOR

    @property
    def models_path(self) -> Path:
        """The folder for trained models of understanding, the newest of which is served."""
        return self.var / "nlu-models"

    @property
    def learned_path(self) -> Path:
        """The folder for what the bot has learned of language: it can be learned anew and holds nothing about anybody."""
        return self.var / "learned"

    def backups(self) -> list[Path]:
        """The backups in Lotse's own folder."""
        return sorted((self.var / "backups").glob("lotse-*.backup"))

    @property
    def nlu_socket(self) -> Path:
        """The Unix socket of the bundled nlu service."""
        return self.var / "nlu.sock"

    @property
    def desk_address(self) -> str:
        """Where browsers reach the desk."""
        return self.desk_url.rstrip("/") or f"http://127.0.0.1:{self.desk_port}"

    @property
    def playground_url(self) -> str:
        """Where the playground listens."""
        return f"http://127.0.0.1:{self.playground_port}"

"""The command line `lotse`; each command is a few lines around a use case."""

import asyncio
import json
import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import segno
import typer
from pydantic_settings import SettingsError
from rich.console import Console

from db import migrate
from db.crypto import create_keyring
from db.engine import Transaction
from lotse import launch, log, runtime
from lotse.commands import (
    agreements,
    backup,
    desk,
    doctor,
    export,
    freshness,
    guides,
    hsds,
    i18n,
    integreat,
    language_evaluation,
    privacy,
    publish,
    responsible,
    search,
    translate,
    unit,
)
from lotse.commands import keys as key_commands
from lotse.commands.given import settings_of
from lotse.commands.reports import print_report
from lotse.evaluation import evaluate_nlu
from lotse.process import run_bot
from lotse.settings import FILE, Settings
from nlu.errors import EvaluationError
from offers.types import ImportReport
from people.types import Role


class ImportFormat(StrEnum):
    """What the catalogue can be read from; a table or a workbook is told by its name."""

    CSV = "csv"
    XLSX = "xlsx"
    HSDS = "hsds"
    INTEGREAT = "integreat"


app = typer.Typer(no_args_is_help=True, add_completion=False, help="Lotse: the bot that leads into harbour.")
admin = typer.Typer(no_args_is_help=True, help="People who run Lotse.")
offers = typer.Typer(no_args_is_help=True, help="The measure catalogue.")
nlu = typer.Typer(no_args_is_help=True, help="Understanding free text.")
db = typer.Typer(no_args_is_help=True, help="The database.")
keys = typer.Typer(no_args_is_help=True, help="The keys that encrypt personal data.")
app.add_typer(admin, name="admin")
app.add_typer(offers, name="offers")
app.add_typer(nlu, name="nlu")
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")
app.add_typer(agreements.app, name="agreements")
app.add_typer(search.app, name="search")
app.add_typer(guides.app, name="guides")
app.add_typer(i18n.app, name="i18n")
app.add_typer(privacy.app, name="privacy")

console = Console(markup=False, emoji=False)
SAMPLE = Path(__file__).resolve().parent.parent / "offers" / "sample"


@app.command()
def run(context: typer.Context) -> None:
    """Start everything: nlu, bot, desk and, without a token, the playground. Ctrl-C ends it."""
    raise typer.Exit(launch.run(settings_of(context)))


@app.command()
def bot(context: typer.Context) -> None:
    """Start the bot process alone."""
    run_bot(settings_of(context))


app.command("desk")(desk.serve)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.make)
app.command("restore")(backup.restore)
admin.command("account")(desk.account)
admin.command("leave")(desk.leave)


@app.command()
def setup(context: typer.Context) -> None:
    """Create what is missing: keys, schema and, without a token, the sample catalogue."""
    settings = settings_of(context)
    if settings.keys is None and not settings.key_path.exists():
        if migrate.is_there(settings.storage_url):
            # New keys would open nothing of it, and hide that the old ones are missing.
            raise runtime.StartError(
                f"There is a database, but not its key file {settings.key_path}. Put the copy back that is kept apart from the backups. "
                "Without it nothing personal in the database can be read: to begin anew, move the database away first."
            )
        create_keyring(settings.key_path)
        console.print(
            f"Made the key file {settings.key_path}. Keep a copy in a safe place, apart from backups."
        )
    migrate.upgrade(settings.storage_url)
    if unit.run(context, lambda core, tx: core.offers.count(tx), reads=True) == 0:
        if settings.playground:
            print_report(console, _import(context, _read_folder(SAMPLE), dry_run=False))
            translate.take(context, sorted(SAMPLE.glob("texts/*.csv")))
        else:
            console.print("The catalogue is empty. Import yours: lotse offers import FOLDER")


@admin.command("invite")
def admin_invite(
    context: typer.Context,
    role: Annotated[Role, typer.Option(help="The role that the code gives.")] = Role.ADMINISTRATOR,
) -> None:
    """Print a one-time code and link that give a role, the first administrator's if none is named; valid for 72 hours."""
    if role is Role.CLIENT:
        raise typer.BadParameter("clients are invited by their coordinator, in the bot")
    if role is Role.PROVIDER:
        raise typer.BadParameter(
            "providers are invited by a coordinator, in the bot, from one of their offers"
        )
    invited = unit.run(context, lambda core, tx: core.people.invite(tx, None, role, core.clock.now()))
    username = asyncio.run(launch.username(settings_of(context)))
    link = f"https://t.me/{username}?start=join_{invited.code}" if username else ""
    console.print(f"One-time code for {role.value}, valid once:")
    console.print(f"/start join_{invited.code}", soft_wrap=True, highlight=False)
    if link:
        console.print(link, soft_wrap=True, highlight=False)
        segno.make(link, error="m").terminal(sys.stdout, compact=True, border=2)


@offers.command("import")
def offers_import(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            help="Folder with organizations.csv, services.csv, schedules.csv and, if wanted, responsibilities.csv, or one .xlsx with such sheets; with --format integreat a folder of saved JSON, one file, or a region's address."
        ),
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
    form: Annotated[
        ImportFormat, typer.Option("--format", help="csv, xlsx, hsds or integreat")
    ] = ImportFormat.CSV,
) -> None:
    """Read providers, offers and dates: all or nothing, and a second time changes nothing."""
    match form:
        case ImportFormat.INTEGREAT:
            report = integreat.run_import(context, source, preview=preview)
        case ImportFormat.HSDS:
            report = _import_hsds(context, Path(source), dry_run=preview)
        case ImportFormat.CSV | ImportFormat.XLSX:
            report = _import(context, _read_folder(Path(source)), dry_run=preview)
    print_report(console, report, preview=preview)
    raise typer.Exit(1 if report.errors else 0)


offers.command("export")(export.export)
offers.command("publish")(publish.publish)
offers.command("freshness")(freshness.freshness)
offers.command("gaps")(freshness.gaps)
offers.command("responsible")(responsible.responsible)


@nlu.command("serve")
def nlu_serve(context: typer.Context) -> None:
    """Start the nlu service alone, on its socket; this process becomes it and knows no secret."""
    command = launch.nlu_command(settings_of(context))
    if command is None:
        raise runtime.StartError("There is no trained model. `make setup` makes one and says what it needs.")
    os.execve(command[0], command, launch.NLU_ENVIRONMENT)  # noqa: S606 -- our own program, no shell


@nlu.command("train")
def nlu_train(context: typer.Context) -> None:
    """Train the model of the training data, unless it is there; this process becomes the training and knows no secret."""
    command = launch.train_command(settings_of(context))
    if command is None:
        raise runtime.StartError(
            "There is no environment to train in. `make setup` makes one and says what it needs."
        )
    terminal = {name: os.environ[name] for name in ("TERM", "COLUMNS") if name in os.environ}
    os.execve(command[0], command, launch.NLU_ENVIRONMENT | terminal)  # noqa: S606 -- our own program, no shell


@nlu.command("evaluate")
def nlu_evaluate(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A <language>.tsv file or a folder of them.")],
    report: Annotated[Path | None, typer.Option(help="Draw the result as an HTML page.")] = None,
    accept: Annotated[
        Path | None, typer.Option(help="Write the scores of each language, to which tests hold later models.")
    ] = None,
) -> None:
    """Measure what people would get for utterances with known answers; prints one JSON object."""
    try:
        result = evaluate_nlu(settings_of(context), path, report, accept)
    except (OSError, EvaluationError) as error:
        raise typer.BadParameter(str(error), param_hint="PATH") from error
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")


nlu.command("evaluate-language")(language_evaluation.evaluate)


@db.command("upgrade")
def db_upgrade(context: typer.Context) -> None:
    """Bring the database to the newest schema."""
    settings = settings_of(context)
    migrate.upgrade(settings.storage_url)
    console.print(f"The schema is {migrate.current(settings.storage_url)}.")


keys.command("new")(key_commands.new)
keys.command("rotate")(key_commands.rotate)
keys.command("forget")(key_commands.forget)


@app.callback()
def prepare(context: typer.Context) -> None:
    """Read the settings once and set up logging for every command."""
    try:
        settings = Settings()
    except PermissionError:
        # Somebody stands in a folder that this account may not enter, such as root's home: it has no .env for it.
        settings = Settings(_env_file=None)  # type: ignore[call-arg]
    except UnicodeDecodeError:
        raise runtime.StartError(f"{FILE.resolve()} is no text in UTF-8. Save it as that.") from None
    except SettingsError as error:
        name = re.search(r'field "(\w+)"', str(error))
        raise runtime.StartError(
            f"a setting is not right:\n  LOTSE_{name[1].upper() if name else ''}…: has parts, each with a name of its own: docs/settings.md lists them."
        ) from None
    log.configure(level=settings.log_level, style=settings.log_format, secrets=settings.secrets)
    context.obj = settings


def _import(context: typer.Context, files: dict[str, bytes], *, dry_run: bool) -> ImportReport:
    async def bring(core: runtime.Core, tx: Transaction) -> ImportReport:
        report = await core.offers.import_tables(tx, files, core.clock.now(), dry_run=dry_run)
        return await _told(core, tx, report, dry_run=dry_run)

    return unit.run(context, bring)


def _import_hsds(context: typer.Context, path: Path, *, dry_run: bool) -> ImportReport:
    try:
        found = hsds.read_hsds(path)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None

    async def bring(core: runtime.Core, tx: Transaction) -> ImportReport:
        report = await core.offers.import_catalogue(tx, found, core.clock.now(), dry_run=dry_run)
        return await _told(core, tx, report, dry_run=dry_run)

    return unit.run(context, bring)


async def _told(core: runtime.Core, tx: Transaction, report: ImportReport, *, dry_run: bool) -> ImportReport:
    """The report, once those are told who mean to come to what changed."""
    if not dry_run:
        await core.agreements.offers_changed(tx, None, report.news, core.clock.now())
    return report


def _read_folder(folder: Path) -> dict[str, bytes]:
    if folder.suffix.lower() == ".xlsx" and folder.is_file():
        return {folder.name: folder.read_bytes()}
    if not folder.exists():
        raise typer.BadParameter(f"{folder} does not exist")
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is neither a folder nor an .xlsx file; other files need --format")
    found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
    if not found:
        raise typer.BadParameter(f"{folder} has no .csv files")
    return found

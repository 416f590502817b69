"""`python -m playground`: starts the playground by itself; what it does is elsewhere."""

import asyncio
from typing import Annotated

import typer

from playground.constants import PLAYGROUND_TOKEN
from playground.server import Server, StartRefused


def run(
    port: Annotated[int, typer.Option(help="Where to listen on this machine; 0 takes a free one.")] = 8081,
    host: Annotated[str, typer.Option(help="127.0.0.1, ::1 or localhost.")] = "127.0.0.1",
) -> None:
    """A Telegram on this machine: a Bot API for the bot and a page with three phones for people."""

    async def serve() -> None:
        server = Server(host=host, port=port, signals=True)
        typer.echo(
            f"Playground: open {server.page_url} (Bot API at {server.api_url}, token {PLAYGROUND_TOKEN})"
        )
        await server.run()

    try:
        asyncio.run(serve())
    except StartRefused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from refusal
    except KeyboardInterrupt:
        typer.echo("Playground ended.")


def main() -> None:
    typer.run(run)


if __name__ == "__main__":
    main()

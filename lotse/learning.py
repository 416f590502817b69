"""What the bot knows of language, learned in a process of its own and kept for the next start.

Learning is half a minute of pure Python. In a thread of the bot it would take turns with every answer; so the bot starts a child
(lotse/learner.py), answers as well as it can meanwhile, and takes over what that has learned. The child gets no setting of ours: it reads
what stands in the repository, and needs no secret. Where it cannot run, the bot learns by itself, in a thread.
"""

import asyncio
import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import structlog

from i18n.catalogues import all_sentences
from lotse.learner import ROOT, fingerprint
from nlu.errors import LearnedError
from nlu.examples import load_examples
from nlu.interpreter import Interpreter
from nlu.learned import read

log = structlog.get_logger(__name__)

COMMAND = (sys.executable, "-m", "lotse.learner")
# No token, no key, no address; and no second thread of numpy's, which has nothing to do here.
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
SUFFIX = ".learned"
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Learning:
    """Teaches an interpreter once, at the start."""

    def __init__(
        self,
        interpreter: Interpreter,
        folder: Path,
        *,
        worker: str,
        command: Sequence[str] = COMMAND,
        patience: float = 900.0,
    ) -> None:
        """`folder` keeps what was learned; `worker` is a name that no other process uses there. The child gets `patience` seconds."""
        self._interpreter = interpreter
        self._folder = folder
        self._part = folder / f"{worker}.part"
        self._command = tuple(command)
        self._patience = patience

    async def recall(self) -> bool:
        """Take over what was learned before from the same lines by the same code; whether there was any. A fraction of a second."""
        start = time.monotonic()
        try:
            await asyncio.to_thread(self._recall)
        except FileNotFoundError:
            return False
        except (OSError, LearnedError) as error:
            log.warning("learning.not_recalled", error=str(error))
            return False
        log.info("learning.recalled", seconds=round(time.monotonic() - start, 2))
        return True

    async def learn(self) -> None:
        """Learn anew, in a child or, where that fails, in a thread; cancelled, it ends the child at once."""
        start = time.monotonic()
        try:
            await self._in_a_child()
            where = "process"
        except (OSError, LearnedError) as error:
            log.warning("learning.no_process", error=str(error) or type(error).__name__)
            await asyncio.to_thread(self._in_this_process)
            where = "thread"
        log.info("learning.learned", where=where, seconds=round(time.monotonic() - start, 1))

    def _recall(self) -> None:
        name = fingerprint()
        with self._kept(name).open("rb") as file:
            about = os.fstat(file.fileno())
            if about.st_uid != os.getuid() or about.st_mode & _OTHERS_MAY_WRITE:
                raise LearnedError("somebody else may have written it")
            self._interpreter.take(read(file, name))

    async def _in_a_child(self) -> None:
        name = await asyncio.to_thread(fingerprint)
        with self._new_part() as file:
            async with asyncio.timeout(self._patience):
                await self._run(file)
            await asyncio.to_thread(self._take, file, name)
            try:
                self._keep(name)
            except OSError as error:
                log.warning("learning.not_kept", error=str(error))

    @contextlib.contextmanager
    def _new_part(self) -> Iterator[IO[bytes]]:
        """An empty file that only we may read and write, gone afterwards unless it got another name."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part.unlink(missing_ok=True)
        descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file
        finally:
            self._part.unlink(missing_ok=True)

    async def _run(self, output: IO[bytes]) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=ROOT,
            env=ENVIRONMENT,
            # Nothing is written to it: it ends with this process, however that ends, and the child with it.
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            start_new_session=True,
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if code:
            raise LearnedError(f"the process ended with code {code}")

    def _take(self, file: IO[bytes], name: str) -> None:
        file.seek(0)
        self._interpreter.take(read(file, name))
        os.fsync(file.fileno())

    def _keep(self, name: str) -> None:
        self._part.replace(self._kept(name))
        for other in self._folder.glob(f"*{SUFFIX}"):
            if other != self._kept(name):
                other.unlink(missing_ok=True)

    def _in_this_process(self) -> None:
        self._interpreter.learn(load_examples(), all_sentences())

    def _kept(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

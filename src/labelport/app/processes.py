"""An engine of spawned processes: one that dies is replaced, and its shard runs again."""

import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread, current_thread, main_thread

import msgspec

from labelport.errors import LabelportError

TRIES = 3
AHEAD = 4
"""How many shards per worker may be finished before the one that is waited for."""


class _Worker(msgspec.Struct):
    process: BaseProcess
    pipe: Connection
    shard: int | None = None


class Processes:
    """Runs `start(*given)` once in each process, and the function that it returns for each shard."""

    def __init__(self, workers: int, start: Callable[..., Callable[[int], None]], *given: object) -> None:
        """Prepare; processes start with `run`. `start` and `given` cross a process boundary."""
        self._count = workers
        self._start, self._given = start, given

    def run(self, first: int, last: int) -> Generator[int, None, None]:
        """Run the shards; yield their indices in order, each when it and all before it are done."""
        waiting = list(range(last - 1, first - 1, -1))
        done: set[int] = set()
        tries: dict[int, int] = {}
        following = first
        team: list[_Worker] = []
        try:
            while len(team) < min(self._count, last - first):
                team.append(self._hire())
            while following < last:
                for worker in team:
                    if worker.shard is None and waiting and waiting[-1] < following + AHEAD * self._count:
                        _give(worker, waiting.pop())
                for i in self._next(team):
                    shard = self._result(team, i)
                    if shard is None:
                        continue
                    if shard < 0:
                        self._again(-shard - 1, tries, waiting)
                    else:
                        done.add(shard)
                while following in done:
                    done.remove(following)
                    yield following
                    following += 1
        finally:
            for worker in team:
                worker.process.terminate()
                worker.process.join()

    def _next(self, team: list[_Worker]) -> list[int]:
        """Wait until some worker has something to say, or died."""
        ready = wait([worker.pipe for worker in team] + [worker.process.sentinel for worker in team])
        return [i for i, worker in enumerate(team) if worker.pipe in ready or worker.process.sentinel in ready]

    def _result(self, team: list[_Worker], i: int) -> int | None:
        """Return the shard that a worker finished, or -1 - shard where it died of it; the dead are replaced."""
        worker = team[i]
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            team[i] = self._hire()
            return None if worker.shard is None else -1 - worker.shard
        shard, worker.shard = worker.shard, None
        if isinstance(answer, BaseException):
            raise answer
        return shard

    def _again(self, shard: int, tries: dict[int, int], waiting: list[int]) -> None:
        tries[shard] = tries.get(shard, 0) + 1
        if tries[shard] >= TRIES:
            raise LabelportError(f"shard {shard} ended its worker process {TRIES} times; is there memory enough?")
        waiting.append(shard)
        waiting.sort(reverse=True)

    def _hire(self) -> _Worker:
        return _Worker(*hire(_work, self._start, self._given))


def hire(work: Callable[..., None], *given: object) -> tuple[BaseProcess, Connection]:
    """Spawn a process that runs `work` with the other end of the pipe, and what is given."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, *given), daemon=True)
    try:
        with _deaf():
            process.start()
    except KeyboardInterrupt:
        if process.pid is not None:
            process.terminate()
            process.join()
        raise
    theirs.close()
    return process, ours


@contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that start meanwhile be deaf to Ctrl-C: it is for the one that leads them, which ends them.

    It waits here until they have started, and is not lost, whichever thread it comes to. The tracker of resources,
    which unblocks it, starts before.
    """
    if current_thread() is not main_thread():
        yield
        return
    came: list[int] = []
    heard = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    resource_tracker.ensure_running()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, heard)
    if came:
        raise KeyboardInterrupt


def _give(worker: _Worker, shard: int) -> None:
    """Send a shard to a worker; one that died meanwhile is found out when its answer is waited for."""
    worker.shard = shard
    with suppress(OSError):
        worker.pipe.send(shard)


def _end_with_parent() -> None:
    """End this process when the one that hired it is gone, before a later run writes the same shards."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(pipe: Connection, start: Callable[..., Callable[[int], None]], given: tuple[object, ...]) -> None:
    """Serve shards until the pipe closes; what fails is sent back whole."""
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        do = start(*given)
    except Exception as e:  # noqa: BLE001  what ends a worker is told to the one who waits for it
        pipe.send(_told(e, "a worker could not start"))
        return
    while True:
        try:
            shard = pipe.recv()
        except EOFError:
            return
        try:
            do(shard)
        except Exception as e:  # noqa: BLE001  the worker's outermost loop
            pipe.send(_told(e, f"shard {shard} failed"))
        else:
            pipe.send(None)


def _told(error: Exception, what: str) -> LabelportError:
    """Return an error of ours as it is, another one as one of ours that says what it was."""
    return error if isinstance(error, LabelportError) else LabelportError(f"{what}: {type(error).__name__}: {error}")

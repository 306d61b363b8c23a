"""A lean HTTP client: some keep-alive connections in one thread; each sends as soon as it is answered, or on time."""

from __future__ import annotations

import re
import resource
import select
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import perf_counter

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


@dataclass
class Run:
    """What one run brought: answers by status, milliseconds per answer, and the client's own processor seconds."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    client_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second that did what was asked."""
        return sum(number for status, number in self.statuses.items() if status < 400) / self.seconds


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.received = b""
        self.sent_at = perf_counter()
        self.socket.sendall(request)

    def status(self) -> int:
        """Read what has come; the status once the answer is complete, else 0."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed a connection")
        self.received += piece
        head = self.received.find(_END)
        if head < 0:
            return 0
        length = _LENGTH.search(self.received, 0, head)
        if length is None:
            raise ValueError(f"no Content-Length: {self.received[:head]!r}")
        return int(self.received[9:12]) if len(self.received) >= head + 4 + int(length[1]) else 0


def send(path: str, body: bytes, content_type: str = "application/json", **headers: str) -> bytes:
    """The bytes of a POST; `headers` with _ for -."""
    given = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
    return f"{head}{given}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, **headers: str) -> bytes:
    """The bytes of a GET."""
    given = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{given}\r\n".encode()


def closed_loop(
    port: int, connections: int, request: Callable[[int], bytes], *, seconds: float = 1e9, most: int = 0
) -> Run:
    """Send `request(n)`, n = 0, 1, 2 ..., for some seconds, or `most` of them, over that many connections."""
    numbers: Iterator[int] = iter(range(most)) if most else count()
    poll = select.epoll()
    opened = {each.socket.fileno(): each for each in (_Connection(port) for _number in range(connections))}
    for handle in opened:
        poll.register(handle, select.EPOLLIN)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
    run = Run(0.0)
    waiting = sum(_send_next(each, numbers, request) for each in opened.values())
    while waiting:
        for handle, _event in poll.poll():
            waiting -= _answered(opened[handle], run) and not (
                perf_counter() - begun < seconds and _send_next(opened[handle], numbers, request)
            )
    run.seconds = perf_counter() - begun
    _close(run, before, opened.values())
    return run


def patient_loop(
    port: int, connections: int, request: Callable[[int], bytes], *, seconds: float, come_again: float
) -> Run:
    """As closed_loop, but whoever is told that there is no room (503) comes again after so many seconds."""
    numbers, poll = count(), select.epoll()
    opened = {each.socket.fileno(): each for each in (_Connection(port) for _number in range(connections))}
    for handle, each in opened.items():
        poll.register(handle, select.EPOLLIN)
        each.send(request(next(numbers)))
    before, begun, run = resource.getrusage(resource.RUSAGE_SELF), perf_counter(), Run(0.0)
    resting: deque[tuple[float, _Connection]] = deque()
    while perf_counter() - begun < seconds:
        while resting and resting[0][0] <= perf_counter():
            resting.popleft()[1].send(request(next(numbers)))
        for handle, _event in poll.poll(0.05):
            refused = run.statuses[503]
            if not _answered(opened[handle], run):
                continue
            if run.statuses[503] > refused:
                run.milliseconds.pop()  # times are those of what was taken in
                resting.append((perf_counter() + come_again, opened[handle]))
            else:
                opened[handle].send(request(next(numbers)))
    run.seconds = perf_counter() - begun
    _close(run, before, opened.values())
    return run


def open_loop(
    port: int, connections: int, request: Callable[[int], bytes], *, per_second: float, seconds: float
) -> Run:
    """Requests that arrive by themselves, at random moments, however slow the answers are.

    A request's time runs from its arrival, so waiting for one of the connections counts too.
    """
    due = _arrivals(per_second, seconds)
    poll = select.epoll()
    opened = {each.socket.fileno(): each for each in (_Connection(port) for _number in range(connections))}
    free = deque(opened.values())
    for handle in opened:
        poll.register(handle, select.EPOLLIN)
    before, begun, run = resource.getrusage(resource.RUSAGE_SELF), perf_counter(), Run(0.0)
    arrived: deque[float] = deque(begun + each for each in due)
    number, busy = 0, 0
    while arrived or busy:
        while arrived and free and arrived[0] <= perf_counter():
            asked = free.popleft()
            asked.send(request(number))
            asked.sent_at = arrived.popleft()
            number, busy = number + 1, busy + 1
        patience = max(0.0, arrived[0] - perf_counter()) if arrived and free else 1.0
        for handle, _event in poll.poll(patience):
            if _answered(opened[handle], run):
                free.append(opened[handle])
                busy -= 1
    run.seconds = perf_counter() - begun
    _close(run, before, opened.values())
    return run


def _arrivals(per_second: float, seconds: float) -> list[float]:
    """Random moments (a Poisson process), the same in each run."""
    chance, moments, now = Random(300), [], 0.0
    while (now := now + chance.expovariate(per_second)) < seconds:
        moments.append(now)
    return moments


def _close(run: Run, before: resource.struct_rusage, opened: Iterable[_Connection]) -> None:
    after = resource.getrusage(resource.RUSAGE_SELF)
    run.client_cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    for each in opened:
        each.socket.close()


def _send_next(connection: _Connection, numbers: Iterator[int], request: Callable[[int], bytes]) -> bool:
    number = next(numbers, None)
    if number is None:
        return False
    connection.send(request(number))
    return True


def _answered(connection: _Connection, run: Run) -> bool:
    status = connection.status()
    if status:
        run.statuses[status] += 1
        run.milliseconds.append((perf_counter() - connection.sent_at) * 1000)
    return bool(status)

"""The network between live units and the broker: a TCP proxy that does to MQTT what a link does.

Whole MQTT packets pass (3.1.1, section 2.2), each when its link says. A cut holds back what is on
its way, as TCP would; what is still held when its connection ends is gone. A PUBLISH that is lost
is acknowledged to its sender all the same: that is the case that custody is for.
"""

import asyncio
import contextlib
import threading
from collections.abc import Mapping

from host.base.loopback import LOOPBACK
from simulator.parts.network import Direction, Link
from simulator.worlds.pace import Pace

_PUBLISH = 3
_QOS_1 = 2
_IN_ORDER_S = 1e-6  # between packets that are due at the same time
_LINGER_S = 0.01  # so that the end comes after them

_Reader = asyncio.StreamReader
_Writer = asyncio.StreamWriter


class Wire:
    """One listening port for each unit, in a thread of its own; `port_of` is filled by `start`."""

    def __init__(self, broker_port: int, links: Mapping[str, Link], pace: Pace) -> None:
        self.port_of: dict[str, int] = {}
        self._broker_port = broker_port
        self._links = links
        self._pace = pace
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._servers: list[asyncio.Server] = []

    def start(self) -> None:
        """Listen on ports of the loopback address."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        """End all connections."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        for unit, link in self._links.items():

            async def serve(reader: _Reader, writer: _Writer, link: Link = link) -> None:
                # The end cancels it, and asyncio would complain of a server that is cancelled.
                with contextlib.suppress(asyncio.CancelledError):
                    await self._join(link, reader, writer)

            server = await asyncio.start_server(serve, LOOPBACK, 0)
            self._servers.append(server)
            self.port_of[unit] = server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        # More than once: a connection that was accepted just now has no task yet.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    async def _join(self, link: Link, reader: _Reader, writer: _Writer) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._broker_port)
        except OSError:  # no broker there: the unit finds its connection closed
            writer.close()
            return
        path = _Path(link.forgets_ms, self._pace.now_ms())
        try:
            await asyncio.gather(
                self._carry(link, path, "up", reader, far_writer, writer),
                self._carry(link, path, "down", far_reader, writer, far_writer),
            )
        finally:
            for end in (writer, far_writer):
                end.transport.abort()

    async def _carry(
        self,
        link: Link,
        path: "_Path",
        way: Direction,
        reader: _Reader,
        to: _Writer,
        back: _Writer,
    ) -> None:
        """Pass packets on until the reader ends, and then the end itself."""
        count = 0
        while packet := await _read_packet(reader):
            now_ms = self._pace.now_ms()
            if path.is_forgotten(now_ms):
                continue
            if packet[0] >> 4 != _PUBLISH:
                arrivals_ms = [link.passes_ms(way, now_ms)]
            else:
                arrivals_ms = link.arrivals_ms(way, now_ms, kept=True)
                if not arrivals_ms and not back.is_closing():
                    back.write(_acknowledgement(packet))
            for due_ms in arrivals_ms:
                count += 1
                due_s = self._pace.steady_at_s(due_ms) + count * _IN_ORDER_S
                self._loop.call_at(due_s, _write, to, packet)
        if path.is_forgotten(self._pace.now_ms()):
            return  # the far end hears of no end either
        end_ms = link.passes_ms(way, self._pace.now_ms())
        await asyncio.sleep(self._pace.steady_at_s(end_ms) - self._loop.time() + _LINGER_S)
        to.close()


class _Path:
    """One connection as its carrier sees it: forgotten for good once it was idle for so long."""

    def __init__(self, forgets_ms: int | None, now_ms: int) -> None:
        self._forgets_ms = forgets_ms
        self._passed_ms = now_ms
        self._forgotten = False

    def is_forgotten(self, now_ms: int) -> bool:
        """Whether nothing passes any more; if something does, it is not idle."""
        if self._forgets_ms is not None and now_ms - self._passed_ms >= self._forgets_ms:
            self._forgotten = True
        self._passed_ms = now_ms
        return self._forgotten


def _write(to: _Writer, packet: bytes) -> None:
    if not to.is_closing():
        to.write(packet)


async def _read_packet(reader: _Reader) -> bytes:
    """One whole MQTT packet, b"" at the end of the connection."""
    try:
        packet = await reader.readexactly(1)
        size = shift = 0
        more = True
        while more:
            digit = await reader.readexactly(1)
            packet += digit
            size |= (digit[0] & 0x7F) << shift
            shift += 7
            more = digit[0] >= 0x80
        return packet + await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def _acknowledgement(publish: bytes) -> bytes:
    """The PUBACK for a PUBLISH of QoS 1, b"" for one of QoS 0 (sections 3.3.2, 3.4)."""
    if not publish[0] & _QOS_1:
        return b""
    at = 2
    while publish[at - 1] >= 0x80:
        at += 1
    at += 2 + int.from_bytes(publish[at : at + 2], "big")
    return b"\x40\x02" + publish[at : at + 2]

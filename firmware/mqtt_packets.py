"""The MQTT 3.1.1 packets that a unit sends, as bytes. Numbers in brackets are sections of it."""

PINGREQ = b"\xc0\x00"  # [3.12]
DISCONNECT = b"\xe0\x00"  # [3.14]


def connect(
    client_id: str, will: tuple[str, bytes] | None, user: str, password: str, keep_alive_s: int
) -> bytearray:
    """CONNECT [3.1], always for a session that ends with the connection [3.1.2.4]."""
    flags = 0x02
    payload = [_text(client_id)]
    if will:
        flags |= 0x2C  # a will, QoS 1, retained
        payload += [_text(will[0]), _sized(will[1])]
    if user:
        flags |= 0xC0
        payload += [_text(user), _text(password)]
    head = b"\x00\x04MQTT\x04" + bytes((flags,)) + keep_alive_s.to_bytes(2, "big")
    return _packet(0x10, head, *payload)


def subscribe(packet_id: int, topics: tuple[str, ...]) -> bytearray:
    """SUBSCRIBE [3.8] with QoS 0 for each topic."""
    filters = [_text(topic) + b"\x00" for topic in topics]
    return _packet(0x82, packet_id.to_bytes(2, "big"), *filters)


def publish(packet_id: int, topic: str, payload: bytes, retain: bool) -> bytearray:
    """PUBLISH [3.3] with QoS 1."""
    return _packet(0x32 | retain, _text(topic), packet_id.to_bytes(2, "big"), payload)


def puback(packet_id: bytes) -> bytearray:
    """PUBACK [3.4] for the two bytes that a PUBLISH named."""
    return _packet(0x40, packet_id)


def _packet(head: int, *parts: bytes) -> bytearray:
    """One control packet: fixed header with the length, seven bits a byte [2.2], and the parts."""
    length = sum(len(part) for part in parts)
    start = bytes((head,))
    left = length
    while left > 0x7F:
        start += bytes((left & 0x7F | 0x80,))
        left >>= 7
    start += bytes((left,))
    at = len(start)
    packet = bytearray(at + length)  # in one piece: one that grows leaves holes in a small heap
    packet[:at] = start
    for part in parts:
        packet[at : at + len(part)] = part
        at += len(part)
    return packet


def _text(text: str) -> bytes:
    return _sized(text.encode())


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data

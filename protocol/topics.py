"""The three topics of a unit, and what a unit may be called."""

UNIT_ID_MAX = 16
MESSAGE_BYTES_MAX = 4096  # of one MQTT message; longer ones are refused unread


def valid_unit(unit: str) -> bool:
    """Letters and digits only, so that a unit is also a routing key on any broker."""
    if not 0 < len(unit) <= UNIT_ID_MAX:
        return False
    return all("0" <= c <= "9" or "A" <= c <= "Z" or "a" <= c <= "z" for c in unit)


def up(unit: str) -> str:
    """Where the unit publishes its records."""
    return "up/" + unit


def down(unit: str) -> str:
    """Where the unit listens for commands."""
    return "down/" + unit


def status(unit: str) -> str:
    """Where the broker publishes the unit's last will: b"1" connected, b"0" gone."""
    return "status/" + unit


def unit_of(topic: str) -> str:
    """The unit that a topic belongs to, or "" when the topic is not one of ours."""
    kind, _, unit = topic.partition("/")
    return unit if kind in ("up", "down", "status") and valid_unit(unit) else ""

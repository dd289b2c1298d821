"""Who this unit is: its name, role, key and enrolment epoch, kept as one value.

One value, because settings change whole values at a time: a power cut leaves the old identity or
the new one, never a mixture.
"""

import struct
from collections import namedtuple

from firmware.settings import Settings
from protocol.enrolment import BRACELET, VICTIM

_ROLES = (BRACELET, VICTIM)  # as the flash numbers them
_LAYOUT = "<BI32s"
_LAYOUT_BYTES = 37

Identity = namedtuple("Identity", ("unit", "role", "key", "epoch"))


def load(settings: Settings) -> Identity | None:
    """The identity in force, or None before the first enrolment."""
    kept = settings.get("identity")
    if kept is None:
        return None
    role, epoch, key = struct.unpack_from(_LAYOUT, kept)
    return Identity(kept[_LAYOUT_BYTES:].decode(), _ROLES[role], key, epoch)


def adopt(settings: Settings, identity: Identity, floor_s: int) -> None:
    """Become this unit: nothing of an earlier enrolment stays."""
    for name in ("number", "latched", "seen"):
        settings.remove(name)
    settings.put("floor_s", floor_s)
    role = _ROLES.index(identity.role)
    kept = struct.pack(_LAYOUT, role, identity.epoch, identity.key)
    settings.put("identity", kept + identity.unit.encode())

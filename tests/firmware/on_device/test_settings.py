"""The settings: each change is there or not, whole, wherever the power fails."""

from firmware.settings import Settings
from simulator.parts.ram_flash import PowerCut, RamFlash

SMALL = 256  # bytes of a sector: room for a few entries only


def mounted(flash):
    settings = Settings(flash)
    settings.mount()
    return settings


def content(settings):
    return {name: settings.get(name) for name in ("unit", "key", "number", "seen", "latched")}


def test_nothing_is_set_on_blank_flash():
    settings = mounted(RamFlash(2 * 4096))
    assert settings.get("unit") is None
    assert settings.get("number", 7) == 7


def test_values_of_every_kind_survive_a_restart():
    flash = RamFlash(2 * 4096)
    settings = mounted(flash)
    said = {"unit": "B1", "key": bytes(range(32)), "number": 1 << 41, "seen": b"", "latched": -1}
    for name, value in said.items():
        settings.put(name, value)
    settings.put("unit", "B2")
    settings.remove("latched")
    settings.remove("never set")
    said.update(unit="B2", latched=None)
    assert content(settings) == said
    assert content(mounted(flash)) == said


def test_what_does_not_change_is_not_written():
    flash = RamFlash(2 * 4096)
    settings = mounted(flash)
    settings.put("number", 1)
    written = flash.written
    settings.put("number", 1)
    assert flash.written == written


def test_more_than_a_sector_holds_is_refused_by_name():
    settings = mounted(RamFlash(2 * SMALL, SMALL))
    try:
        settings.put("seen", bytes(SMALL))
    except ValueError as error:
        assert "seen" in str(error)
    else:
        raise AssertionError("stored")


def test_sectors_of_a_flash_shared_with_others_are_left_alone():
    flash = RamFlash(4 * SMALL, SMALL)
    settings = Settings(flash, 1)
    settings.mount()
    for number in range(40):
        settings.put("number", number)
    blank = bytearray(SMALL)
    for sector in (0, 3):
        flash.read(sector * SMALL, blank)
        assert blank == b"\xff" * SMALL


CHANGES = (
    ("unit", "B17"),
    ("key", bytes(range(16))),
    ("number", 1),
    ("number", 2),
    ("seen", bytes(24)),
    ("unit", None),
    ("number", 3),
    ("latched", 5),
    ("unit", "B18"),
    ("seen", bytes(32)),
    ("number", 1 << 40),
)


def change(settings, name, value):
    if value is None:
        settings.remove(name)
    else:
        settings.put(name, value)


def run(flash):
    """Make the changes, with a restart in the middle; returns the last content known to be kept."""
    kept, wanted = {}, {}
    try:
        settings = mounted(flash)
        kept = wanted = content(settings)
        for i, (name, value) in enumerate(CHANGES):
            if i == 6:
                settings = mounted(flash)
            wanted = dict(kept)
            wanted[name] = value
            change(settings, name, value)
            kept = wanted
    except PowerCut:
        flash.cut_after = None
    return kept, wanted


def test_power_cut_at_every_byte():
    whole = RamFlash(2 * SMALL, SMALL)
    kept, wanted = run(whole)
    assert kept == wanted == content(mounted(whole))
    for cut_after in range(whole.written):
        flash = RamFlash(2 * SMALL, SMALL, cut_after)
        kept, wanted = run(flash)
        settings = mounted(flash)
        assert content(settings) in (kept, wanted)
        settings.put("number", cut_after)
        assert mounted(flash).get("number") == cut_after

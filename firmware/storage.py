"""How a unit's flash is divided: settings on the first sectors, the journal on all others."""

from firmware.flash import Flash
from firmware.identity import Identity
from firmware.journal import Journal
from firmware.settings import SECTORS, Settings

_BLANK = b"\xff" * 4


def open_settings(flash: Flash) -> Settings:
    """The settings, ready."""
    settings = Settings(flash)
    settings.mount()
    return settings


def open_journal(flash: Flash, settings: Settings, identity: Identity) -> Journal:
    """The journal of this enrolment, ready.

    What an earlier one left is erased: no host could verify it any more, so none would ever
    acknowledge it. Sequences begin anew, which is safe only because the keys are new too; so it
    is done after the new identity is in force, and again if the power failed meanwhile. A sector
    without a header is not in use, and will be erased before it is.
    """
    if settings.get("journal_epoch") != identity.epoch:
        header = bytearray(len(_BLANK))
        for at in range(SECTORS * flash.sector, flash.size, flash.sector):
            flash.read(at, header)
            if header != _BLANK:
                flash.erase(at)
        settings.put("journal_epoch", identity.epoch)
    journal = Journal(flash, SECTORS)
    journal.mount()
    return journal

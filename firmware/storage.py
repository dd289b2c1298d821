"""How a unit's flash is divided: settings on the first sectors, the journal on all others."""

from firmware.flash import Flash
from firmware.identity import Identity
from firmware.journal import Journal
from firmware.settings import SECTORS, Settings


def open_settings(flash: Flash) -> Settings:
    """The settings, ready."""
    settings = Settings(flash)
    settings.mount()
    return settings


def open_journal(flash: Flash, settings: Settings, identity: Identity) -> Journal:
    """The journal of this enrolment, ready.

    What an earlier one left is erased: no host could verify it any more, so none would ever
    acknowledge it. Sequences begin anew, which is safe only because the keys are new too; so it
    is done after the new identity is in force, and again if the power failed meanwhile.
    """
    if settings.get("journal_epoch") != identity.epoch:
        for sector in range(SECTORS, flash.size // flash.sector):
            flash.erase(sector * flash.sector)
        settings.put("journal_epoch", identity.epoch)
    journal = Journal(flash, SECTORS)
    journal.mount()
    return journal

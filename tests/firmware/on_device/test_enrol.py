from firmware.enrol import Enrolment
from firmware.identity import Identity, adopt, load
from firmware.storage import open_journal, open_settings
from protocol.enrolment import BRACELET, HOST, UNIT, VICTIM, frame, proof, unframe
from simulator.parts.ram_flash import RamFlash

KEY = bytes(range(32))
NONCE = "00112233445566778899aabbccddeeff"
OFFER = "ENROL V1 3 victim 5 " + NONCE
FLASH = RamFlash(6 * 512, 512)


def settings():
    for at in range(0, FLASH.size, FLASH.sector):
        FLASH.erase(at)
    return open_settings(FLASH)


def ask(enrolment, text):
    return " ".join(unframe(enrolment.feed(frame(text), KEY)))


def confirm(speaker=HOST, unit="V1", epoch=3):
    return "CONFIRM " + proof(KEY, unit, epoch, speaker, bytes.fromhex(NONCE)).hex()


def enrolled(kept):
    enrolment = Enrolment(kept, VICTIM)
    ask(enrolment, OFFER)
    ask(enrolment, confirm())
    return enrolment


def test_a_new_unit_makes_its_key_and_locks():
    kept = settings()
    enrolment = Enrolment(kept, VICTIM)
    assert ask(enrolment, "HELLO 1") == "UNIT 1 OPEN victim - 0"
    assert ask(enrolment, OFFER) == "KEY " + KEY.hex()
    assert not enrolment.adopted
    said = ask(enrolment, confirm())
    assert said == "ENROLLED " + proof(KEY, "V1", 3, UNIT, bytes.fromhex(NONCE)).hex()
    assert enrolment.adopted
    assert load(open_settings(FLASH)) == Identity("V1", VICTIM, KEY, 3)
    assert kept.get("floor_s") == 5
    assert ask(enrolment, "HELLO 1") == "UNIT 1 LOCKED victim V1 3"
    assert ask(enrolment, OFFER) == "ERROR locked"


def test_a_confirmation_whose_answer_was_lost_may_be_repeated():
    enrolment = enrolled(settings())
    assert ask(enrolment, confirm()).startswith("ENROLLED ")


def test_a_restart_before_the_confirmation_forgets_the_key():
    kept = settings()
    ask(Enrolment(kept, VICTIM), OFFER)
    assert load(kept) is None
    assert ask(Enrolment(kept, VICTIM), confirm()) == "ERROR out_of_order"


def test_it_stays_locked_over_a_restart():
    kept = settings()
    enrolled(kept)
    again = Enrolment(open_settings(FLASH), VICTIM)
    assert ask(again, OFFER) == "ERROR locked"
    assert ask(again, confirm()) == "ERROR locked"


def test_the_factory_pin_opens_it_for_a_later_epoch():
    kept = settings()
    enrolment = enrolled(kept)
    kept.put("latched", 2)
    enrolment.open()
    assert ask(enrolment, "HELLO 1") == "UNIT 1 OPEN victim V1 3"
    assert ask(enrolment, OFFER) == "ERROR bad_epoch"
    ask(enrolment, "ENROL V2 4 victim 7 " + NONCE)
    assert load(kept).unit == "V1"  # until the host confirms
    ask(enrolment, confirm(unit="V2", epoch=4))
    assert load(kept) == Identity("V2", VICTIM, KEY, 4)
    assert kept.get("latched", 0) == 0


def test_what_is_refused_is_named():
    enrolment = Enrolment(settings(), BRACELET)
    for text, reason in (
        ("HOLA 1", "unknown"),
        ("HELLO", "malformed"),
        ("ENROL V1 x bracelet 5 " + NONCE, "malformed"),
        ("ENROL V1 3 bracelet 5 1234", "malformed"),
        ("ENROL V1 3 bracelet 5 " + "zz" * 16, "malformed"),
        ("ENROL V-1 3 bracelet 5 " + NONCE, "bad_unit"),
        ("ENROL V1 0 bracelet 5 " + NONCE, "bad_epoch"),
        ("ENROL V1 4294967296 bracelet 5 " + NONCE, "bad_epoch"),
        (OFFER, "bad_role"),
        ("ENROL V1 3 bracelet 0 " + NONCE, "bad_floor"),
        ("ENROL V1 3 bracelet 601 " + NONCE, "bad_floor"),
        (confirm(), "out_of_order"),
    ):
        assert ask(enrolment, text) == "ERROR " + reason, text
    ask(enrolment, "ENROL B1 1 bracelet 5 " + NONCE)
    assert ask(enrolment, "CONFIRM " + "00" * 16) == "ERROR bad_proof"
    assert not enrolment.adopted


def test_a_damaged_line_is_asked_for_again():
    enrolment = Enrolment(settings(), VICTIM)
    for line in (b"", b"\n", b"HELLO 1\n", b"x" * 500, frame("HELLO 1")[:-3], b"\xff\x00"):
        assert enrolment.feed(line, KEY) == frame("ERROR bad_line")
    assert enrolment.feed(frame("HELLO 1")[:-1] + b"\r\n", KEY) == frame("UNIT 1 OPEN victim - 0")


def test_the_journal_of_an_earlier_enrolment_is_erased_once():
    kept = settings()
    identity = Identity("V1", VICTIM, KEY, 1)
    adopt(kept, identity, 5)
    journal = open_journal(FLASH, kept, identity)
    journal.next_sequence()
    journal.append(b"\x02\x18" + bytes(2) + b"\x01" + bytes(19))
    assert open_journal(FLASH, kept, identity).backlog == 1
    later = Identity("V1", VICTIM, KEY, 2)
    adopt(kept, later, 5)
    assert open_journal(FLASH, kept, later).backlog == 0

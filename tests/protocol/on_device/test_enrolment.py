from protocol.enrolment import HOST, LINE_BYTES_MAX, UNIT, BadLine, frame, proof, unframe

KEY = bytes(range(32))


def damaged(line):
    try:
        unframe(line)
    except BadLine:
        return True
    return False


def test_a_line_carries_its_words_and_their_crc():
    assert frame("HELLO 1") == b"HELLO 1 4640c317\n"
    assert unframe(frame("HELLO 1")) == ["HELLO", "1"]
    assert unframe(frame("HELLO 1")[:-1] + b"\r\n") == ["HELLO", "1"]


def test_damage_is_seen():
    line = frame("CONFIRM 00112233")
    for at in range(len(line) - 1):
        assert damaged(line[:at] + bytes((line[at] ^ 4,)) + line[at + 1 :])
        assert damaged(line[:at])
    assert damaged(frame("x" * LINE_BYTES_MAX))
    assert damaged(frame("\x07"))


def test_a_proof_is_of_one_key_unit_epoch_side_and_nonce():
    proofs = {
        proof(KEY, "U1", 1, HOST, b"n"),
        proof(bytes(32), "U1", 1, HOST, b"n"),
        proof(KEY, "U2", 1, HOST, b"n"),
        proof(KEY, "U1", 2, HOST, b"n"),
        proof(KEY, "U1", 1, UNIT, b"n"),
        proof(KEY, "U1", 1, HOST, b"m"),
    }
    assert len(proofs) == 6
    assert all(len(each) == 16 for each in proofs)

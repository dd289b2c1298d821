from protocol.seal import (
    KEY_BYTES,
    SEAL_BYTES,
    derive,
    down_channel,
    equal_in_constant_time,
    hmac_sha256,
    up_channel,
)

KEY = bytes(range(KEY_BYTES))


def test_encrypting_twice_gives_the_body_back():
    channel = up_channel(KEY, "B7", 1)
    for size in (0, 1, 31, 32, 33, 64, 65, 231):
        body = bytes(i & 255 for i in range(size))
        hidden = channel.encrypt(7, body)
        assert len(hidden) == size
        assert channel.encrypt(7, hidden) == body
        assert size < 8 or hidden != body


def test_zeros_at_either_end_keep_their_place():
    channel = up_channel(KEY, "B7", 1)
    for body in (bytes(24), b"\x00" * 23 + b"\x01", b"\x01" + b"\x00" * 23):
        assert channel.encrypt(7, channel.encrypt(7, body)) == body


def test_no_two_numbers_share_a_keystream():
    channel = up_channel(KEY, "B7", 1)
    numbers = [0, 1, 2, 255, 256, 1 << 32, (1 << 64) - 1]
    streams = [channel.encrypt(number, bytes(64)) for number in numbers]
    blocks = [stream[i : i + 32] for stream in streams for i in (0, 32)]
    assert len(set(blocks)) == len(blocks)


def test_every_key_depends_on_purpose_unit_epoch_and_key():
    keys = [
        derive(KEY, b"seal/up", "B7", 1),
        derive(KEY, b"seal/down", "B7", 1),
        derive(KEY, b"cipher/up", "B7", 1),
        derive(KEY, b"seal/up", "B8", 1),
        derive(KEY, b"seal/up", "B7", 2),
        derive(KEY, b"seal/up", "B7", 257),
        derive(bytes(KEY_BYTES), b"seal/up", "B7", 1),
    ]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == KEY_BYTES for key in keys)


def test_a_seal_fits_one_channel_only():
    message = b"twelve bytes"
    channel = up_channel(KEY, "B7", 1)
    seal = channel.seal(message)
    assert len(seal) == SEAL_BYTES
    assert channel.fits(message, seal)
    for other in (
        down_channel(KEY, "B7", 1),
        up_channel(KEY, "B71", 1),
        up_channel(KEY, "B7", 2),
        up_channel(bytes(KEY_BYTES), "B7", 1),
    ):
        assert not other.fits(message, seal)
        assert other.seal(message) != seal


def test_a_seal_of_another_length_never_fits():
    channel = up_channel(KEY, "B7", 1)
    seal = channel.seal(b"")
    assert not channel.fits(b"", seal[:-1])
    assert not channel.fits(b"", b"")
    assert not channel.fits(b"", seal + b"\x00")


def test_comparison():
    assert equal_in_constant_time(b"", b"")
    assert equal_in_constant_time(b"abc", b"abc")
    assert not equal_in_constant_time(b"abc", b"abd")
    assert not equal_in_constant_time(b"abc", b"bbc")
    assert not equal_in_constant_time(b"abc", b"ab")


def test_keys_of_any_length_serve():
    macs = [hmac_sha256(b"k" * size, b"") for size in (0, 1, 63, 64, 65, 200)]
    assert len(set(macs)) == len(macs)
    # RFC 2104, section 2: shorter keys are filled up with zeros.
    assert hmac_sha256(b"k", b"m") == hmac_sha256(b"k" + bytes(63), b"m")


def test_the_key_id_is_the_epochs_low_eight_bits():
    assert [up_channel(KEY, "B7", epoch).key_id for epoch in (1, 255, 256, 258)] == [1, 255, 0, 2]

from struct import pack

from firmware.gnss.receiver import FRAME_BYTES_MAX, ROLLOVER_S, Receiver
from firmware.gnss.ubx import fletcher
from protocol.clock import utc_seconds

NOON_S = utc_seconds(2024, 3, 28, 12, 0, 0)


def line(body):
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n".encode()


def rmc(time="120000.00", minutes="25.1234", status="A", date="280324"):
    return line(f"GPRMC,{time},{status},40{minutes},N,00341.5678,W,1.0,,{date},,,")


def gga(time="120000.00", minutes="25.1234", quality=1):
    return line(f"GPGGA,{time},40{minutes},N,00341.5678,W,{quality},08,1.2,650,M,,M,,")


def gsa(mode):
    return line(f"GPGSA,A,{mode},31,16,29,,,,,,,,,,7.3,7.2,1.0")


def gst(time="120000.00", sigma="4.0"):
    return line(f"GPGST,{time},3.2,,,,{sigma},2.5,6.0")


def message(group, number, payload):
    frame = b"\xb5\x62" + pack("<BBH", group, number, len(payload)) + payload
    return frame + pack("<H", fletcher(frame, 2, len(frame)))


def pvt(second=0, lat_e7=404187233):
    return message(
        1,
        7,
        pack("<IHBBBBBBIi", 0, 2024, 3, 28, 12, 0, second, 7, 0, 0)
        + pack("<BBBBiiiiII", 3, 1, 0, 11, -36927967, lat_e7, 0, 0, 3300, 0)
        + bytes(44),
    )


def told(stream, reference_s=None):
    receiver = Receiver(reference_s)
    return receiver, receiver.feed(stream) + receiver.flush()


def test_one_epoch_makes_one_fix():
    receiver, (fix,) = told(rmc() + gga() + gsa(2) + gst())
    assert (fix.time_s, fix.ms, fix.time_resolved, fix.valid) == (NOON_S, 0, True, True)
    assert (fix.lat_e7, fix.lon_e7, fix.mode, fix.satellites) == (404187233, -36927967, 2, 8)
    assert (fix.a95_dm, fix.estimated) == (98, False)
    assert receiver.rejected == {} and receiver.skipped == {"nmea": 0, "ubx": 0}


def test_accuracy_is_estimated_from_hdop_or_not_known():
    _, (fix,) = told(rmc() + gga())
    assert (fix.a95_dm, fix.estimated, fix.mode) == (120, True, 3)
    _, (fix,) = told(rmc() + gsa(3))
    assert (fix.a95_dm, fix.estimated, fix.mode) == (720, True, 3)
    _, (fix,) = told(rmc())
    assert (fix.a95_dm, fix.estimated, fix.mode) == (65535, True, 2)
    _, (fix,) = told(rmc() + gst(sigma="99999.0"))
    assert (fix.a95_dm, fix.estimated) == (65535, False)


def test_the_last_sentence_of_an_epoch_is_learned():
    receiver = Receiver()
    assert receiver.feed(gga("120000.00") + rmc("120000.00") + gsa(3)) == []
    assert len(receiver.feed(gga("120001.00"))) == 1  # the next epoch ends the first one
    assert receiver.feed(rmc("120001.00")) == []
    assert len(receiver.feed(gsa(3))) == 1
    assert receiver.feed(gga("120002.00") + rmc("120002.00")) == []  # its GSA was lost
    assert len(receiver.feed(gga("120003.00"))) == 1
    assert receiver.feed(rmc("120003.00")) == []
    assert len(receiver.feed(gsa(3))) == 1
    assert receiver.flush() == []


def test_a_receiver_that_changes_its_order_is_learned_anew():
    receiver = Receiver()
    for second in range(4):
        receiver.feed(gga(f"12000{second}.00") + rmc(f"12000{second}.00"))
    assert receiver.feed(rmc("120004.00")) != []
    for second in range(5, 9):
        made = receiver.feed(rmc(f"12000{second}.00") + gga(f"12000{second}.00"))
    assert len(made) == 1 and made[0].time_s == NOON_S + 8


def test_an_epoch_is_held_back_until_its_date_has_come():
    receiver = Receiver()
    receiver.feed(gga("120000.00"))
    (undated,) = receiver.feed(gga("120001.00"))
    assert undated.valid and undated.time_s == 0 and not undated.time_resolved
    (dated,) = receiver.feed(rmc("120001.00") + gga("120002.00"))
    assert dated.time_resolved and dated.time_s == NOON_S + 1


def test_a_date_is_carried_over_a_lost_sentence_and_over_midnight():
    _, (first, second) = told(rmc("235959.80") + gga("000000.00"))
    assert second.time_resolved
    assert second.time_s - first.time_s == 1 and (first.ms, second.ms) == (800, 0)


def test_a_date_is_not_carried_far_nor_back_nor_from_an_unset_clock():
    _, fixes = told(rmc("120000.00") + gga("121001.00"))
    assert [fix.time_resolved for fix in fixes] == [True, False]
    _, fixes = told(rmc("120000.00") + gga("115959.00"))
    assert [fix.time_resolved for fix in fixes] == [True, False]
    _, fixes = told(rmc("120000.00", status="V", date="060180") + gga("120001.00"))
    assert [fix.time_resolved for fix in fixes] == [False, False]


def test_an_epoch_without_position_is_told():
    _, (fix,) = told(line("GPRMC,120000,V,,,,,,,280324,,,N") + gsa(1))
    assert (fix.lat_e7, fix.lon_e7, fix.mode, fix.valid) == (None, None, 1, False)
    assert fix.time_s == NOON_S and not fix.time_resolved


def test_one_doubt_is_enough():
    for stream in (rmc() + gga(quality=0), rmc(status="V") + gga(), rmc() + gga(quality=6)):
        _, (fix,) = told(stream)
        assert fix.lat_e7 is not None and not fix.valid


def test_constellations_without_a_fix_do_not_lower_the_mode():
    _, (fix,) = told(rmc() + gga() + gsa(3) + gsa(1))
    assert fix.mode == 3


def test_the_mode_of_the_epoch_before_holds_where_gsa_comes_late():
    receiver = Receiver()
    assert receiver.feed(gga("120000.00") + rmc("120000.00") + rmc("120001.00")) != []
    made = receiver.feed(gsa(2) + gga("120002.00") + rmc("120002.00") + gga("120003.00"))
    assert [fix.mode for fix in made][-1] == 2


def test_sentences_without_a_time_belong_to_nothing():
    receiver, fixes = told(gsa(3) + line("GPRMC,,V,,,,,,,,,,N") + line("GPGGA,,,,,,0,,,,,,,,"))
    assert fixes == [] and receiver.rejected == {"nmea_no_time": 3}
    receiver, fixes = told(rmc() + line("GPRMC,,A,0000.0,N,00000.0,E,,,,,,"))
    assert fixes[0].lat_e7 == 404187233 and receiver.rejected == {"nmea_no_time": 1}


def test_time_and_accuracy_alone_are_no_fix():
    assert told(gst() + line("GPZDA,120001,28,03,2024,00,00"))[1] == []


def test_ubx_and_nmea_in_one_stream():
    other = message(0x0A, 0x09, bytes(60))
    receiver, fixes = told(rmc("120000.00") + other + pvt(1) + line("GPTXT,HELLO") + pvt(2))
    assert [fix.time_s - NOON_S for fix in fixes] == [1, 2, 0]
    assert receiver.skipped == {"nmea": 1, "ubx": 1} and receiver.rejected == {}


def test_an_epoch_told_in_both_protocols_counts_once():
    receiver, fixes = told(pvt(0) + rmc("120000.00"))
    assert len(fixes) == 1 and receiver.rejected == {"duplicate_epoch": 1}
    for second in range(1, 5):  # the order is learned from the second epoch on
        fixes = receiver.feed(pvt(second) + rmc(f"12000{second}.00"))
        assert [fix.time_s - NOON_S for fix in fixes] == [second]
    assert receiver.rejected == {"duplicate_epoch": 5}


def test_damage_is_named_and_the_next_frame_is_found():
    cut = rmc("115959.00")[:30]
    for noise, rejected in (
        (b"abc\r\n", {"noise_bytes": 3}),
        (b"\xb5", {"noise_bytes": 1}),
        (cut, {"nmea_no_checksum": 1}),
        (cut + b"\xff", {"nmea_no_checksum": 1, "noise_bytes": 1}),
        (rmc().replace(b"4025", b"4125"), {"nmea_checksum": 1}),
        (line("GPRMC,093015,A"), {"nmea_rmc_short": 1}),
        (b"\xb5\x62\x01\x07\xff\xff", {"ubx_overrun": 1, "noise_bytes": 5}),
        (pvt(5)[:40], {"ubx_checksum": 1, "noise_bytes": 39}),
        (b"$" * 3, {"nmea_no_checksum": 3}),
    ):
        for good in (rmc() + rmc() + bytes(60), pvt() + bytes(60)):
            receiver, fixes = told(noise + good)
            assert len(fixes) == 1 and fixes[0].time_s == NOON_S, noise
            for reason, count in rejected.items():
                extra = 60 if reason == "noise_bytes" else 0
                assert receiver.rejected[reason] - extra == count, (noise, receiver.rejected)


def test_a_line_of_any_length_is_survived():
    longest = line("PLONG," + "9" * (FRAME_BYTES_MAX - 11))
    receiver, fixes = told(longest + rmc())
    assert len(fixes) == 1 and receiver.skipped["nmea"] == 1 and receiver.rejected == {}
    endless = b"$" + b"9" * 5000
    receiver, fixes = told(endless + rmc())
    assert len(fixes) == 1
    assert receiver.rejected == {"nmea_overrun": 1, "noise_bytes": 5001 - FRAME_BYTES_MAX}


def test_the_end_of_the_stream_ends_the_last_frame():
    receiver, fixes = told(rmc().rstrip())
    assert len(fixes) == 1 and receiver.rejected == {}
    receiver, fixes = told(rmc() + pvt(5)[:20] + gga("120001.00")[:-2])
    assert len(fixes) == 2 and receiver.rejected["ubx_cut"] == 1


def test_any_chunking_tells_the_same():
    stream = gga() + rmc() + b"\xb5\x62\x01\x07\x5c\x00" + pvt(1) + b"#" + gga("120002.0") + pvt(3)
    whole, fixes = told(stream)
    for step in (1, 2, 7, 50):
        receiver, made = Receiver(), []
        for at in range(0, len(stream), step):
            made += receiver.feed(stream[at : at + step])
        made += receiver.flush()
        assert [fix.time_s for fix in made] == [fix.time_s for fix in fixes]
        assert (receiver.rejected, receiver.skipped) == (whole.rejected, whole.skipped)


def test_dates_before_the_reference_move_on_by_1024_weeks():
    reference_s = utc_seconds(2024, 1, 1, 0, 0, 0)
    old = rmc(date="120804")  # 1024 weeks before 2024-03-28
    assert told(old)[1][0].time_s == NOON_S - ROLLOVER_S
    assert told(old, reference_s)[1][0].time_s == NOON_S
    assert told(rmc(), reference_s)[1][0].time_s == NOON_S


def test_a_date_moves_to_where_it_is_nearest_to_what_is_known_of_the_present():
    receiver = Receiver(utc_seconds(2026, 1, 1, 0, 0, 0))
    receiver.reference_s = utc_seconds(2046, 2, 1, 0, 0, 0)
    (fix,) = receiver.feed(rmc(date="160606")) + receiver.flush()  # 2 x 1024 weeks before
    assert fix.time_s == utc_seconds(2045, 9, 15, 12, 0, 0)


def test_a_date_that_would_have_to_lie_years_ahead_is_none():
    for year in (7, 9, 15, 20):
        receiver, (fix,) = told(rmc(date="0106%02d" % year), utc_seconds(2026, 1, 1, 0, 0, 0))
        resolved = year < 12
        assert (fix.time_resolved, bool(fix.time_s)) == (resolved, resolved)
        assert receiver.rejected == ({} if resolved else {"time_before_reference": 1})


def test_a_clock_that_was_never_set_stays_unresolved():
    receiver, (fix,) = told(rmc(date="060180"), utc_seconds(2024, 1, 1, 0, 0, 0))
    assert fix.valid and fix.time_s == 0 and not fix.time_resolved
    assert receiver.rejected == {"time_before_reference": 1}

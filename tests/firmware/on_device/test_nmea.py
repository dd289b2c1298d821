from firmware.gnss.fix import Rejected
from firmware.gnss.nmea import angle_e7, decimal, parse
from protocol.clock import utc_seconds

RMC = "GPRMC,093015.250,A,4025.1234,N,00341.5678,W,10.0,090.0,280324,,,A"


def line(body):
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"{body}*{checksum:02X}".encode()


def said(body):
    return parse(line(body))[1]


def reason(sentence):
    try:
        parse(sentence)
    except Rejected as error:
        return error.args[0]
    return None


def refused(read, *arguments):
    try:
        read(*arguments)
    except ValueError:
        return True
    return False


def test_rmc():
    kind, rmc = parse(line(RMC))
    assert kind == b"RMC"
    assert (rmc.lat_e7, rmc.lon_e7) == (404187233, -36927967)
    assert rmc.day_ms == ((9 * 60 + 30) * 60 + 15) * 1000 + 250
    assert rmc.date_s == utc_seconds(2024, 3, 28, 0, 0, 0)
    assert (rmc.speed_cm_s, rmc.course, rmc.valid) == (514, 64, True)
    assert rmc.hdop_milli is None


def test_gga():
    gga = said("GNGGA,000000,0000.0000,S,18000.000,E,1,12,0.85,-12.1,M,50.0,M,,")
    assert (gga.lat_e7, gga.lon_e7, gga.day_ms) == (0, 1800000000, 0)
    assert (gga.valid, gga.satellites, gga.hdop_milli) == (True, 12, 850)


def test_dead_reckoning_and_simulation_are_not_vouched_for():
    for quality, valid in zip("01234568", (0, 1, 1, 1, 1, 1, 0, 0)):
        assert said(f"GPGGA,101010,,,,,{quality},05,1.0,,M,,M,,").valid == bool(valid)
    for indicator, valid in zip("ADEFMNPRS", (1, 1, 0, 1, 0, 0, 1, 1, 0)):
        assert said(RMC[:-1] + indicator).valid == bool(valid)
    assert not said(RMC.replace(",A,4", ",V,4")).valid
    assert said("GPGLL,4025.1234,N,00341.5678,W,093015,A").valid
    assert not said("GPGLL,4025.1234,N,00341.5678,W,093015,A,E").valid


def test_the_other_sentences():
    assert said("GPGST,093015.25,3.2,,,,4.1,2.5,6.0").sigma_mm == 4100
    assert said("GPGST,093015.25,3.2,5.5,1.0,12.0,4.1,2.5,6.0").sigma_mm == 5500
    assert said("GPGST,093015.25,,,,,,,").sigma_mm is None
    assert said("GNZDA,093015,29,02,2024,00,00").date_s == utc_seconds(2024, 2, 29, 0, 0, 0)
    gsa = said("GNGSA,A,2,31,16,29,,,,,,,,,,7.3,7.2,1.0")
    assert (gsa.mode, gsa.hdop_milli) == (2, 7200)


def test_every_talker_and_nothing_proprietary():
    for talker in ("GP", "GN", "GL", "GA", "GB", "BD", "QZ", "GQ"):
        assert parse(line(talker + RMC[2:]))[0] == b"RMC"
    for body in ("PGRMC,1,2", "XXRMC,1", "GPGSV,1,1,00", "PUBX,00", "", "GP"):
        assert parse(line(body)) is None


def test_two_digit_years_turn_at_1980():
    assert said(RMC.replace("280324", "060180")).date_s == utc_seconds(1980, 1, 6, 0, 0, 0)
    assert said(RMC.replace("280324", "311279")).date_s == utc_seconds(2079, 12, 31, 0, 0, 0)


def test_empty_fields_say_nothing():
    rmc = said("GPRMC,,V,,,,,,,,,,N")
    assert rmc.valid is False
    assert rmc.day_ms is rmc.date_s is rmc.lat_e7 is rmc.speed_cm_s is None


def test_checksum_in_either_case_and_only_a_right_one():
    good = line(RMC)
    assert parse(good[:-2] + good[-2:].lower())
    assert reason(good[:-2] + b"00") == "nmea_checksum"
    assert reason(good[:-2] + b"+5") == "nmea_checksum"
    assert reason(good.replace(b"4025", b"4026")) == "nmea_checksum"
    for cut in (good[:-1], good[:-3], b"", b"*", b"GPRMC", good + b" "):
        assert reason(cut) == "nmea_no_checksum", cut


def test_malformed_fields_are_named():
    for old, new, name in (
        ("4025.1234", "40.251234", "lat_e7"),
        ("4025.1234", "4060.0000", "lat_e7"),
        ("4025.1234", "9000.0001", "lat_e7"),
        ("4025.1234,N", "4025.1234,E", "lat_e7"),
        ("4025.1234,N", "4025.1234,", "lat_e7"),
        ("4025.1234,N", ",", "half_a_position"),
        ("00341.5678", "0341.5678", "lon_e7"),
        ("00341.5678", "18000.0001", "lon_e7"),
        ("00341.5678", "003-1.5678", "lon_e7"),
        ("093015.250", "243015.250", "day_ms"),
        ("093015.250", "096015.250", "day_ms"),
        ("093015.250", "093061.000", "day_ms"),
        ("093015.250", "93015.250", "day_ms"),
        ("280324", "300224", "date_s"),
        ("280324", "28032024", "date_s"),
        (",A,4", ",X,4", "valid"),
        ("10.0", "-10.0", "speed_cm_s"),
        ("10.0", "1.0.0", "speed_cm_s"),
        ("090.0", "360.1", "course"),
    ):
        assert reason(line(RMC.replace(old, new))) == "nmea_rmc_" + name, new
    assert reason(line("GPRMC,093015,A")) == "nmea_rmc_short"
    assert reason(line("GPGSA,A,4,31,16,29,,,,,,,,,,7.3,7.2,1.0")) == "nmea_gsa_mode"
    assert reason(line("GPZDA,093015,,02,2024,00,00")) is None
    assert reason(line("GPZDA,093015,29,02")) == "nmea_zda_date_s"


def test_decimals_round_half_up():
    assert decimal(b"12", 3) == 12000
    assert decimal(b".5", 0) == 1
    assert decimal(b"0.0004999", 3) == 0
    assert decimal(b"0.0005", 3) == 1
    assert decimal(b"1.", 1) == 10
    for bad in (b"", b".", b"-1", b"+1", b"1e3", b"1,0", b" 1", b"1_0", b"1234567890"):
        assert refused(decimal, bad, 3), bad


def test_angles_are_exact_to_the_last_unit():
    assert angle_e7(b"4134.49821229", 2, 90) == 415749702
    assert angle_e7(b"09345.03351845", 3, 180) == 937505586
    assert angle_e7(b"0000.000003", 2, 90) == 1  # half a unit
    assert angle_e7(b"0000.00000299999999999999999999", 2, 90) == 0
    assert angle_e7(b"9000", 2, 90) == 900000000


def test_a_leap_second_and_a_fraction_that_rounds_up():
    assert said("GPGLL,,,,,235960,V").day_ms == 86400000
    assert said("GPGLL,,,,,235959.9996,V").day_ms == 86400000

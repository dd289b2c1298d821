from firmware.modem import read
from protocol.record import A95_DM_MAX, CELL, CLOCK_RESOLVED, WIFI
from tests.firmware.on_device.held_unit import HeldUnit

# Of the manual, with another sensor.
LINE = "+UULOC: 25/09/2013,10:13:29.000,45.7140971,13.7409172,266,17,0,0,18,%s,6,3,9\r\n"


def line(lat="45.7140971", lon="13.7409172", radius="17", source="2"):
    return (
        LINE.replace("45.7140971", lat).replace("13.7409172", lon).replace(",17,", ",%s," % radius)
        % source
    )


def test_a_position_by_cells():
    fix = read(line())
    assert (fix.lat_e7, fix.lon_e7, fix.source, fix.valid) == (457140971, 137409172, CELL, True)
    assert fix.a95_dm == 353
    assert not fix.time_resolved
    assert read(line(source="wifi")).source == WIFI


def test_what_is_no_news_or_no_position_is_none():
    nothing = (
        line(source="0"),  # the last one again
        line(source="1"),  # of satellites: the receiver tells that itself
        line("0.0000000", "0.0000000"),
        line(lat="45.x"),
        line(radius=""),
        "+UULOC: 25/09/2013,10:13:29.000,45.7",
        "OK",
        "",
    )
    assert [read(one) for one in nothing] == [None] * len(nothing)


def test_degrees_keep_their_sign_and_their_digits():
    fix = read(line("-0.5", "-90.50690001"))
    assert (fix.lat_e7, fix.lon_e7) == (-5000000, -905069000)


def test_a_radius_beyond_the_field_saturates():
    assert read(line(radius="20000000")).a95_dm == A95_DM_MAX


def test_what_the_modem_says_is_told_with_its_source_and_a_coarse_one_ends_no_search():
    held = HeldUnit()
    held.fix(0)
    held.answer(held.heard[-1].sequence, 120)
    held.until(131_000)
    assert held.unit.asks()
    place = read("+UULOC: 01/01/2026,00:00:00.000,14.6,-90.5,0,300,0,0,0,2,0,0,0")
    held.unit.located(place, 131_000)
    held.hear()
    told = held.heard[-1]
    assert (told.source_quality & 15, told.a95_dm) == (CELL, 6240)
    assert told.satellites_clock >> 5 == CLOCK_RESOLVED
    assert held.unit.gnss_wanted

from protocol.topics import UNIT_ID_MAX, down, status, unit_of, up, valid_unit


def test_letters_and_digits_only():
    for unit in ("B7", "0", "zZ9", "A" * UNIT_ID_MAX):
        assert valid_unit(unit), unit
    for unit in (
        "",
        "A" * (UNIT_ID_MAX + 1),
        "B 7",
        "B/7",
        "B+",
        "#",
        "B-7",
        "B_7",
        "é",
        "٣",
        "Ａ",
    ):
        assert not valid_unit(unit), unit


def test_topics_of_a_unit():
    assert up("B7") == "up/B7"
    assert down("B7") == "down/B7"
    assert status("B7") == "status/B7"


def test_the_unit_of_a_topic():
    for topic in (up("B7"), down("B7"), status("B7")):
        assert unit_of(topic) == "B7"


def test_other_topics_belong_to_no_unit():
    for topic in (
        "",
        "up",
        "up/",
        "/B7",
        "UP/B7",
        "up/B7/",
        "up/B7/x",
        "side/B7",
        "up/B 7",
        "up//B7",
    ):
        assert unit_of(topic) == "", topic

from xml.etree import ElementTree

from simulator.report.svg import badge, element, picture, text


def test_whatever_a_text_holds_it_is_text() -> None:
    drawn = text(1, 2, '<script>"&', "label")
    assert ElementTree.fromstring(drawn).text == '<script>"&'


def test_attributes_are_named_as_svg_names_them() -> None:
    drawn = element("rect", class_="a", aria_hidden="true", x=1.25, y=2.0, fill=None)
    assert drawn == '<rect class="a" aria-hidden="true" x="1.2" y="2"></rect>'
    assert 'class="&#34;&gt;"' in element("g", class_='">')


def test_a_picture_says_what_it_is() -> None:
    root = ElementTree.fromstring(picture(10, 20, "map", "Map", "north up", badge(1, 2, "3", "x")))
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    assert [child.attrib.get("id") for child in root][:2] == named
    assert [child.text for child in root][:2] == ["Map", "north up"]

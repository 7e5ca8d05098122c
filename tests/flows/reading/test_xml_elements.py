from flows.reading.xml_elements import Node, inner_html


def node(tag: str, *children: Node, **fields: str) -> Node:
    return Node(tag, {}, 1, children=list(children), **fields)


def test_a_blank_text_is_none() -> None:
    item = node("item", node("title", text="  Strategy "), node("author", text=" \n"))
    assert (item.value("title"), item.value("author"), item.value("link")) == (
        "Strategy",
        None,
        None,
    )


def test_children_are_found_by_their_tag() -> None:
    item = node("item", node("link", text="a"), node("id"), node("link", text="b"))
    assert [one.text for one in item.all("link")] == ["a", "b"]
    assert item.first("link") is item.children[0]
    assert item.first("title") is None


def test_what_an_element_holds_comes_back_as_html_in_its_order() -> None:
    bold = node("{http://www.w3.org/1999/xhtml}b", head="R&D", tail=" < 3 ")
    assert inner_html(node("content", bold, node("br"), head="We ")) == (
        "We <b>R&amp;D</b> &lt; 3 <br>"
    )

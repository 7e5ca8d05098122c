"""What the head of a blog's feed says: of what it is, where it leads, and what wrote it."""

import re
from dataclasses import dataclass, replace

from flows.reading.xml_elements import Node

WORDPRESS_FEED = re.compile(r"/feed(?:/|$)|[?&]feed=")
"""Where WordPress keeps its feeds; many blogs hide what else names it."""

OF_COMMENTS = re.compile(
    r"comments? (?:on|for)\b|kommentare (?:zu|für)\b|commentaires (?:sur|pour)\b|"
    r"coment[aá]rios (?:en|a|em|sobre)\b|commenti (?:su|a)\b|reacties op\b|.* latest comments$",
    re.IGNORECASE,
)
"""How the title of a feed says that it is one of comments, as WordPress and Disqus write it."""

COMMENTS_ADDRESS = re.compile(
    r"/comments/(?:feed|default|full|atom|rss)|[?&]feed=comments|/feeds/\d+/comments/|"
    r"/comments\.(?:atom|rss|xml)|\bdisqus\.com/(?:latest|comments)\.rss"
)
"""Where such a feed lies itself."""


@dataclass(frozen=True)
class Blog:
    """What the head of a feed says: where it leads, what wrote it, and what it is called."""

    link: str | None = None
    title: str | None = None
    is_wordpress: bool = False
    is_post_told: bool = False
    is_of_comments: bool = False
    """Its title or its own address says so."""

    def with_header(self, node: Node) -> "Blog":
        """This blog and what one more element of the head says of it."""
        address = node.attributes.get("href") or node.text.strip()
        tag = node.tag.removeprefix("atom:")
        if tag == "link" and node.attributes.get("rel") == "self":
            return replace(
                self,
                is_wordpress=self.is_wordpress or bool(WORDPRESS_FEED.search(address)),
                is_of_comments=self.is_of_comments or bool(COMMENTS_ADDRESS.search(address)),
            )
        if tag == "link" and node.attributes.get("rel", "alternate") == "alternate":
            return replace(self, link=address or self.link)
        if tag == "title":
            title = " ".join(node.text.split())
            is_said = OF_COMMENTS.match(title) is not None
            return replace(self, title=title or None, is_of_comments=self.is_of_comments or is_said)
        if tag == "generator" and "wordpress" in f"{node.text} {node.attributes}".lower():
            return replace(self, is_wordpress=True)
        return self

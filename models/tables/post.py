"""What the owner said: the posts that people comment on."""

from models.contract import Column, Table

POST = Table(
    layer="clean",
    name="post",
    about="What the owner said: the posts that people comment on.",
    grain=("post_id",),
    columns=(
        Column("post_id", "text", "`platform:site:native id`, or `platform:native id`"),
        Column("platform", "text", "the system that the post was made on"),
        Column(
            "site", "text", "blog, forum or page within the platform; empty where ids are global"
        ),
        Column("channel", "text", "where the audience was met, as the marts group it"),
        Column("native_id", "text", "the platform's own id"),
        Column("aliases", "texts", "other ids of the same post"),
        Column("kind", "text", "post, article, video, page or topic"),
        Column("title", "text", "its headline", optional=True),
        Column("text", "text", "its text, plain", optional=True),
        Column(
            "forgotten_wording",
            "text",
            "where headline and text are beyond their period: the SHA-256 of both, by which the "
            "labels of its comments stay",
            optional=True,
        ),
        Column("url", "text", "where it can be read", optional=True),
        Column("author_key", "text", "keyed pseudonym of its author", optional=True),
        Column("created_at_utc", "time", "when it was made", optional=True),
        Column("created_at_raw", "text", "that time as the platform wrote it", optional=True),
        Column("time_precision", "text", "how much of the time is known"),
        Column("updated_at_utc", "time", "when it was last edited", optional=True),
        Column("status", "text", "published, pending, hidden, spam, trash, deleted or unknown"),
        Column("visibility", "text", "public, members or private", optional=True),
        Column("language_declared", "text", "the language its platform declares", optional=True),
        Column(
            "reported_comment_count", "count", "comments the platform says it has", optional=True
        ),
        Column("reported_counts", "json", "other counts the platform reports", optional=True),
        Column("first_seen_at_utc", "time", "received in a file for the first time"),
        Column("last_seen_at_utc", "time", "received in a file for the last time"),
        Column("landed_file", "text", "the landing file that it was read from last"),
        Column("position", "count", "its place among that file's records, from 1"),
    ),
)

"""What people answered: one row a comment, in its latest version."""

from models.contract import Column, Table

COMMENT = Table(
    layer="clean",
    name="comment",
    about="What people answered: one row a comment, in its latest version.",
    grain=("comment_id",),
    columns=(
        Column("comment_id", "text", "`platform:site:native id`, or `platform:native id`"),
        Column(
            "id_number",
            "count",
            "number made of `comment_id`: numbers are found faster than texts",
            optional=True,
            number_of="comment_id",
        ),
        Column("platform", "text", "the system that the comment was made on"),
        Column(
            "site", "text", "blog, forum or page within the platform; empty where ids are global"
        ),
        Column("channel", "text", "where the audience was met, as the marts group it"),
        Column("native_id", "text", "the platform's own id", optional=True),
        Column(
            "id_basis", "text", "native, decoded, permalink, or hash of who, when, what and where"
        ),
        Column("aliases", "texts", "other ids of the same comment"),
        Column(
            "kind",
            "text",
            "comment, review, pingback, trackback, survey_answer, message or system",
        ),
        Column("post_id", "text", "the post it answers, where known", optional=True),
        Column(
            "parent_id", "text", "the comment it answers; it may be missing here", optional=True
        ),
        Column("root_id", "text", "the first comment of its thread that is known"),
        Column("depth", "count", "0 for the first comment of a thread, 1 for its answers, ..."),
        Column("reply_semantics", "text", "tree, two_level, flat or unknown"),
        Column("author_key", "text", "keyed pseudonym of its author", optional=True),
        Column(
            "forgotten_author",
            "text",
            "where the pseudonym is beyond its period: a random mark, the same for comments of one "
            "author that were emptied together",
            optional=True,
        ),
        Column("is_owner", "flag", "written by the owner of the post: not audience"),
        Column("text", "text", "its text, plain, personal data replaced by placeholders"),
        Column("text_hash", "text", "first 32 hex digits of the SHA-256 of `text`"),
        Column(
            "forgotten_input",
            "text",
            "where the text is beyond its period: the `input_hash` of its last labels, which no "
            "later wording of its post changes",
            optional=True,
        ),
        Column(
            "redacted",
            "json",
            "how many pieces of personal data were replaced, by kind",
            optional=True,
        ),
        Column("language_declared", "text", "the language its platform declares", optional=True),
        Column("created_at_utc", "time", "when it was made"),
        Column("created_at_raw", "text", "that time as the platform wrote it", optional=True),
        Column(
            "created_tz_assumed",
            "text",
            "time zone assumed where the source has none",
            optional=True,
        ),
        Column("time_precision", "text", "exact, day, relative or derived_from_id"),
        Column(
            "edited_at_utc",
            "time",
            "when it was last edited, where the platform says",
            optional=True,
        ),
        Column(
            "is_edited",
            "flag",
            "edited after it was made; null: the platform does not say",
            optional=True,
        ),
        Column("edit_basis", "text", "how an edit was noticed: api or hash_changed", optional=True),
        Column("status", "text", "published, pending, hidden, spam, trash, deleted or unknown"),
        Column("visibility", "text", "public, members or private", optional=True),
        Column(
            "gone_at_utc",
            "time",
            "when a full sweep of its post did not find it any more; null: not so far",
            optional=True,
        ),
        Column(
            "deletion_told_at_utc",
            "time",
            "up to when it is known to be deleted: when an interface said so, or the newest moment "
            "that an export knows of; null: nobody says so",
            optional=True,
        ),
        Column("like_count", "count", "likes; null: not reported", optional=True),
        Column("dislike_count", "count", "dislikes; null: not reported", optional=True),
        Column(
            "reply_count",
            "count",
            "answers the platform says it has; null: not reported",
            optional=True,
        ),
        Column("reactions", "json", "counts by kind of reaction", optional=True),
        Column("attachments", "json", "kinds and addresses of attachments", optional=True),
        Column(
            "mentions",
            "json",
            "places in the text that mention somebody, without names",
            optional=True,
        ),
        Column(
            "platform_labels", "json", "pinned, hearted, moderation and the like", optional=True
        ),
        Column(
            "community",
            "text",
            "the community, group or team that it was made in, where the platform says",
            optional=True,
        ),
        Column(
            "email_domain",
            "text",
            "domain of the settings' `email_domains` that its author's address lies in; null: in "
            "none, or no address",
            optional=True,
        ),
        Column("permalink", "text", "where it can be read", optional=True),
        Column("first_seen_at_utc", "time", "received in a file for the first time"),
        Column("last_seen_at_utc", "time", "received in a file for the last time"),
        Column("landed_file", "text", "the landing file that it was read from last"),
        Column("position", "count", "its place among that file's records, from 1"),
    ),
)

"""Every real file of a format that is read: who claims it, and how many records it gives."""

from collections import Counter

import pytest

from flows.sources.base import recognise
from tests.cut_files import FIXTURES, reader

COUNTS = """
apify/cisco_facebook_comment.json                         apify_facebook   1   1 0
bluesky/extended_post_record.json                         bluesky_file     1   0 0
bluesky/feed_record.json                                  -
bluesky/post_record.json                                  bluesky_file     1   0 0
bluesky/thread_view_post_with_embed_media.json            bluesky_file     1   0 0
discourse/latest.json                                     -
discourse/post.json                                       discourse_file   1   0 0
discourse/posts_before.json                               discourse_file   3   0 0
discourse/posts_latest.json                               discourse_file   3   1 0
discourse/replies.json                                    -
discourse/search.json                                     -
discourse/topic_posts.json                                discourse_file   0   1 0
disqus/churchs19-disqus-real.xml                          wordpress_wxr    1   1 0
disqus/remark42-disqus-deleted-post.xml                   disqus_xml       2   5 2
disqus/remark42-disqus-deleted-thread.xml                 disqus_xml       2   5 2
disqus/remark42-disqus.xml                                disqus_xml       2   5 2
facebook-dyi-schema/comments.schema.json                  -
facebook-dyi-schema/posts_and_comments.schema.json        -
facebook-dyi-schema/your_posts.schema.json                -
facebook-dyi-schema/your_posts_and_comments_in_groups.schema.json -
facebook-graph/comment_info.json                          facebook_graph   0   1 0
facebook-graph/comments_info.json                         facebook_graph   0   2 0
facebook-graph/comments_p1.json                           facebook_graph   0  10 0
facebook-graph/comments_p2.json                           facebook_graph   0   5 0
facebook-graph/create_resp.json                           facebook_graph   0   1 0
facebook-graph/error.json                                 facebook_graph   0   0 1
facebook-graph/error_data.json                            facebook_graph   0   0 1
facebook-graph/groups_feed_p1.json                        facebook_graph   5   0 0
facebook-graph/groups_feed_p2.json                        facebook_graph   6   0 0
facebook-graph/model_comment.json                         facebook_graph   0   1 0
facebook-graph/posts_feed_fields_p1.json                  facebook_graph   5   0 0
facebook-graph/posts_feed_fields_p2.json                  facebook_graph   5   0 0
facebook-graph/posts_feeds_default_fields_p1.json         facebook_graph   5   0 0
facebook-graph/posts_multi_posts_data_fields.json         facebook_graph   2   0 0
facebook-graph/posts_single_post_data_fields.json         facebook_graph   1   0 0
instagram/comment_fields.json                             instagram_answers 0   1 0
instagram/comments_fields.json                            -
instagram/media_comments_p1.json                          instagram_answers 0   2 0
instagram/media_comments_p2.json                          instagram_answers 0   2 0
instagram/media_medias_fields.json                        -
instagram/replies.json                                    instagram_answers 0   1 0
instagram/users_medias_p1.json                            instagram_answers 2   0 0
instagram/users_medias_p2.json                            instagram_answers 2   0 0
instagram/users_mentioned_comment.json                    -
isso/generic.json                                         isso_export      2   2 0
isso-real/fetch.json                                      isso_answers     0   0 1
isso-real/fetch_after_delete_edit.json                    isso_answers     0   0 1
isso-real/fetch_limit1.json                               isso_answers     0   0 1
isso-real/fetch_nested_limit_0.json                       isso_answers     0   0 1
isso-real/fetch_plain.json                                isso_answers     0   0 1
isso-real/latest.json                                     isso_answers     0   0 1
reddit-dumps/RC_2026-01.schema.json                       -
remark42/tree.json                                        remark42_export  1  12 0
wordpress-rest-real/comments_default10_page9.json         wordpress_rest   0  10 0
wordpress-rest-real/comments_hold_edit.json               wordpress_rest   0   1 0
wordpress-rest-real/comments_p1_anon.json                 wordpress_rest   0 100 0
wordpress-rest-real/comments_p1_edit.json                 wordpress_rest   0 100 0
wordpress-rest-real/comments_p2_anon.json                 wordpress_rest   0  33 0
wordpress-rest-real/error_forbidden_param.json            wordpress_rest   0   0 1
wordpress-rest-real/error_per_page.json                   wordpress_rest   0   0 1
wordpress-rest-real/error_posts_page.json                 wordpress_rest   0   0 1
wordpress-rest-real/export.wxr.xml                        wordpress_wxr    4 133 0
wordpress-rest-real/feed_comments.atom.xml                comment_feed     0  10 0
wordpress-rest-real/feed_comments.rss.xml                 comment_feed     0  10 0
wordpress-rest-real/feed_post_comments.rss.xml            comment_feed     1  10 0
wordpress-rest-real/feed_posts.atom.xml                   -
wordpress-rest-real/feed_posts.rss.xml                    -
wordpress-rest-real/posts.json                            wordpress_rest   2   0 0
wordpress-wxr/wpimporter-a11y-unit-test-data.xml          wordpress_wxr   65  29 0
wordpress-wxr/wpimporter-cdata-edge.xml                   wordpress_wxr    1   0 0
wordpress-wxr/wpimporter-crazy-cdata-escaped.xml          wordpress_wxr    1   0 0
wordpress-wxr/wpimporter-crazy-cdata.xml                  wordpress_wxr    0   0 2
wordpress-wxr/wpimporter-invalid-version-tag.xml          wordpress_wxr    0   0 0
wordpress-wxr/wpimporter-malformed.xml                    wordpress_wxr    0   0 1
wordpress-wxr/wpimporter-missing-version-tag.xml          wordpress_wxr    0   0 0
wordpress-wxr/wpimporter-multiple-cdata.xml               wordpress_wxr    1   0 0
wordpress-wxr/wpimporter-namespace-edge-cases.xml         wordpress_wxr    5   0 1
wordpress-wxr/wpimporter-slashes.xml                      wordpress_wxr    1   1 0
wordpress-wxr/wpimporter-small-export.xml                 wordpress_wxr   11   1 0
wordpress-wxr/wpimporter-test-serialized-comment-meta.xml wordpress_wxr    1   1 0
wordpress-wxr/wpimporter-valid-wxr-1.0.xml                wordpress_wxr    6   1 0
wordpress-wxr/wpimporter-valid-wxr-1.1.xml                wordpress_wxr    2   1 0
wordpress-wxr/wpimporter-wxr-comprehensive.xml            wordpress_wxr    2   1 0
wordpress-wxr/wpimporter-wxr-simple.xml                   wordpress_wxr    1   0 0
wordpress-wxr/wpimporter-wxr-utf-8-challenges.xml         wordpress_wxr    1   0 0
youtube-api/comment_thread_single.json                    youtube_answers  0   1 0
youtube-api/comment_threads_all_to_me.json                youtube_answers  0   4 0
youtube-api/comment_threads_by_channel.json               youtube_answers  0   2 0
youtube-api/comment_threads_by_video_paged_1.json         youtube_answers  0   5 0
youtube-api/comment_threads_multi.json                    youtube_answers  0   2 0
youtube-api/comment_threads_with_search.json              youtube_answers  0   1 0
youtube-api/comments_by_parent_paged_1.json               youtube_answers  0   2 0
youtube-api/comments_by_parent_paged_2.json               youtube_answers  0   1 0
youtube-api/comments_multi.json                           youtube_answers  0   2 0
youtube-api/comments_single.json                          youtube_answers  0   1 0
youtube-api/error_permission_resp.json                    -
youtube-api/error_response.json                           -
youtube-api/error_response_simple.json                    -
youtube-api/videos_info_multi.json                        youtube_answers  2   0 0
youtube-takeout/comments_new_post2024-06.csv              youtube_takeout  0   2 0
youtube-takeout/comments_old_pre2024-06.csv               youtube_takeout  0   2 0
"""
"""File, source, posts, comments and rejections; "-": nobody claims it. A handful of each are also
checked value by value, in the test of the source."""

ROWS = [line.split() for line in COUNTS.strip().splitlines()]

pytestmark = [
    pytest.mark.fixtures,
    pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_real_file_gives_what_was_counted_in_it(row: list[str]) -> None:
    name, wanted, *counts = row
    path = FIXTURES / name
    source = recognise(path)
    assert (source.name if source else "-") == wanted
    if not source:
        return
    kinds = Counter(type(one).__name__ for one in reader(source, path.name)(path.read_bytes()))
    assert [kinds[kind] for kind in ("Post", "Comment", "Rejected")] == list(map(int, counts))


def test_no_file_of_these_folders_is_left_out() -> None:
    folders = {row[0].partition("/")[0] for row in ROWS} - {"wordpress-rest-real", "reddit-dumps"}
    there = {
        path.relative_to(FIXTURES).as_posix()
        for folder in folders
        for path in (FIXTURES / folder).iterdir()
        if path.suffix != ".py"
    }
    assert there <= {row[0] for row in ROWS}

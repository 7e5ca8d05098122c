"""A real WordPress of its own on this machine: Debian's packages, PHP's web server, MariaDB.

    apt-get install --no-install-recommends wordpress mariadb-server \\
        php-cli php-mysql php-curl php-xml php-mbstring
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.programs import START_SECONDS, free_port, running, wait_for

PACKAGE = Path("/usr/share/wordpress")
PROGRAMS = ("php", "mariadbd", "mariadb-install-db", "mariadb-admin", "mariadb")

CONFIG = """<?php
define('DB_NAME', 'wp'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'wp');
define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {{
    define($name . '_KEY', 'test-' . $name); define($name . '_SALT', 'test-' . $name);
}}
$table_prefix = 'wp_';
define('WP_HOME', '{address}'); define('WP_SITEURL', '{address}');
// Application passwords without https, and nothing that would call outside.
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_DEBUG', false);
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

INSTALL = """
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('IT-Blog', 'leitung', 'leitung@example.org', true, '', 'test');
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%year%/%postname%/'); $wp_rewrite->flush_rules(false);
update_option('timezone_string', 'Europe/Berlin'); update_option('comment_previously_approved', 0);
foreach (get_posts(['post_type' => 'any', 'numberposts' => -1]) as $post) {
    wp_delete_post($post->ID, true);
}
"""

PASSWORD = """
$user = get_user_by('login', 'leitung');
echo WP_Application_Passwords::create_new_application_password($user->ID, ['name' => 'test'])[0];
"""


@dataclass(frozen=True)
class WordPress:
    """A running blog: `token` is `user:application password` of its administrator."""

    address: str
    folder: Path
    token: str = ""

    def php(self, code: str, *, before: str = "") -> str:
        """What `code` prints when it runs within the blog."""
        host = self.address.removeprefix("http://")
        script = (
            f"{before} $_SERVER['HTTP_HOST'] = '{host}'; $_SERVER['REQUEST_URI'] = '/';"
            "$_SERVER['REQUEST_METHOD'] = 'GET'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';"
            f"require '{self.folder}/www/wp-load.php'; {code}"
        )
        done = subprocess.run(["php", "-r", script], capture_output=True, text=True, check=True)
        return done.stdout

    def write_post(self, title: str, **fields: str) -> str:
        """Publish a post; its id."""
        given = {"post_title": title, "post_content": "<p>Text</p>", "post_status": "publish"}
        return self.php(f"echo wp_insert_post({_array(given | {'post_author': '1'} | fields)});")

    def write_comment(self, post: str, text: str, **fields: str) -> str:
        """Insert a comment as the blog's own import does; its id."""
        given = {
            "comment_post_ID": post,
            "comment_content": text,
            "comment_author": "Anna",
            "comment_author_email": "anna@example.org",
            "comment_author_IP": "192.0.2.7",
            "comment_approved": "1",
        }
        return self.php(f"echo wp_insert_comment({_array(given | fields)});")

    def export(self) -> str:
        """What Tools > Export gives."""
        return self.php(
            "require_once ABSPATH . 'wp-admin/includes/export.php';"
            "wp_set_current_user(1); export_wp(['content' => 'all']);"
        )


def why_not() -> str | None:
    """What is missing on this machine to run WordPress, or None."""
    missing = [name for name in PROGRAMS if not _program(name)]
    if missing:
        return f"not installed here: {', '.join(missing)}"
    if not (PACKAGE / "wp-load.php").exists():
        return "Debian's package `wordpress` is not installed here"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
    return None if "mysqli" in modules.split() else "php's `mysqli` is not installed here"


@contextmanager
def wordpress() -> Iterator[WordPress]:
    """Run a new blog for as long as the block lasts."""
    with ExitStack() as stack:
        # The path of a Unix socket must be short.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp-")))
        address = f"http://127.0.0.1:{free_port()}"
        blog = WordPress(address, folder)
        stack.enter_context(_database(folder))
        _copy_files(blog)
        blog.php(INSTALL, before="define('WP_INSTALLING', true);")
        stack.enter_context(_web_server(blog))
        yield WordPress(address, folder, f"leitung:{blog.php(PASSWORD)}")


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    socket_path, files = folder / "sql", folder / "db"
    # As root MariaDB runs only if it is told so.
    user = ["--user=root"] if os.geteuid() == 0 else []
    install = [_program("mariadb-install-db"), f"--datadir={files}", "--skip-test-db"]
    subprocess.run(
        [*install, "--no-defaults", "--auth-root-authentication-method=normal", *user],
        capture_output=True,
        check=True,
    )
    server = [_program("mariadbd"), "--no-defaults", *user, f"--datadir={files}"]
    quick = ["--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0"]
    place = [f"--socket={socket_path}", "--skip-networking", "--character-set-server=utf8mb4"]
    with running([*server, *quick, *place], folder / "mariadbd.log"):
        client = ["--no-defaults", "-uroot", "-S", str(socket_path)]
        _wait_for_database([_program("mariadb-admin"), *client, "ping"])
        statements = (
            "CREATE DATABASE wp CHARACTER SET utf8mb4; "
            "CREATE USER wp@localhost IDENTIFIED BY 'wp'; GRANT ALL ON wp.* TO wp@localhost;"
        )
        subprocess.run([_program("mariadb"), *client, "-e", statements], check=True)
        yield


def _wait_for_database(ping: list[str]) -> None:
    end = time.monotonic() + START_SECONDS
    while subprocess.run(ping, capture_output=True, check=False).returncode:
        if time.monotonic() > end:
            raise TimeoutError("MariaDB did not start")
        time.sleep(0.2)


def _copy_files(blog: WordPress) -> None:
    site = blog.folder / "www"
    # Debian links to files of other packages, and to a config that looks for the host's name.
    skipped = shutil.ignore_patterns("wp-config.php", "languages")
    shutil.copytree(PACKAGE, site, ignore=skipped, ignore_dangling_symlinks=True)
    config = CONFIG.format(socket=blog.folder / "sql", address=blog.address)
    (site / "wp-config.php").write_text(config, encoding="utf-8")


@contextmanager
def _web_server(blog: WordPress) -> Iterator[None]:
    host = blog.address.removeprefix("http://")
    command = ["php", "-d", "display_errors=0", "-S", host, "-t", str(blog.folder / "www")]
    # With one worker a blog that calls itself would wait for itself.
    with running(command, blog.folder / "php.log", PHP_CLI_SERVER_WORKERS="4"):
        wait_for(f"{blog.address}/wp-json/")
        yield


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _array(fields: dict[str, str]) -> str:
    """A PHP array of texts."""
    quoted = {
        name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in fields.items()
    }
    return "[" + ", ".join(f"'{name}' => '{value}'" for name, value in quoted.items()) + "]"

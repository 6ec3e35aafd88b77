"""The pieces that other tests stand on do what they say."""

from __future__ import annotations

import socket
import warnings

import psycopg
import pytest


@pytest.mark.postgres
def test_each_test_gets_an_empty_database_that_keeps_commits(postgres_url, postgres_cluster):
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        connection.execute("CREATE TABLE gift (minor bigint)")
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM gift").fetchone() == (0,)
    with psycopg.connect(postgres_cluster.new_database()) as other:
        assert other.execute("SELECT to_regclass('gift')").fetchone() == (None,)


@pytest.mark.postgres
def test_nobody_gets_in_without_the_password_of_this_run(postgres_cluster):
    address = postgres_cluster.url("postgres").replace(postgres_cluster.password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


@pytest.mark.browser
def test_a_real_browser_shows_right_to_left_text(browser):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.set_content('<html dir="rtl"><p id="a">پناه</p></html>')
    assert page.evaluate("getComputedStyle(document.getElementById('a')).direction") == "rtl"
    page.close()


def test_no_test_reaches_past_this_machine():
    with socket.socket() as outside, pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))  # TEST-NET-1, RFC 5737


def test_a_warning_fails_a_test():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)

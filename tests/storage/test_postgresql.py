"""Lasting connections to PostgreSQL: looked at without a way to the server, and given up when the server ended them."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql import base

from panah.storage.funds import FundHome, attach


@pytest.fixture
def connection(tmp_path, postgres_url):
    fund = FundHome(tmp_path, "looked-at")
    attach(fund, postgres_url)
    made = connections[fund.alias]
    made.ensure_connection()
    yield made
    made.close()
    del connections[fund.alias]
    del connections.databases[fund.alias]


def pid_of(connection):
    return connection.connection.info.backend_pid


def test_a_session_that_stands_is_not_asked(connection, monkeypatch):
    def asked(self):
        raise AssertionError("a whole way to the server")

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", asked)
    assert connection.is_usable()


def test_a_session_that_the_server_ended_is_given_up_before_a_request_meets_it(connection, postgres_url):
    before = pid_of(connection)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [before])
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert pid_of(connection) != before


def test_a_notice_that_came_in_meanwhile_ends_nothing(connection, postgres_url):
    with connection.cursor() as cursor:
        cursor.execute("LISTEN bench")
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("NOTIFY bench")
    assert connection.is_usable()


def test_a_closed_connection_is_of_no_use(connection):
    connection.connection.close()
    assert not connection.is_usable()

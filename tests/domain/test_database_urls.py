"""Which database a URL names, and what of it is shown: never a password, however it is written."""

import pytest

from tui_billing.domain.database_urls import may_be_path, shown_url, without_password

SECRET = "S3cretPw"
URLS = {
    f"postgresql://u:{SECRET}@h:5432/books": ("books@h:5432", "postgresql://u@h:5432/books"),
    f"postgresql://u@?host=/tmp/x&password={SECRET}&dbname=books": (
        "books@localhost",
        "postgresql://u@?host=/tmp/x&dbname=books",
    ),
    f"postgresql://h/books?%70assword={SECRET}&sslmode=require": (
        "books@h",
        "postgresql://h/books?sslmode=require",
    ),
    f"postgresql://u:a?{SECRET}@h/books": ("books@h", "postgresql://u@h/books"),
    f"postgresql://u:a/{SECRET}@h/books": ("PostgreSQL", "postgresql://"),
    f"postgresql:///?service=books&passfile=/{SECRET}": ("books", "postgresql:///?service=books"),
    "postgresql://u@a:1,b:2/books?target_session_attrs=read-write": (
        "books@a:1,b:2",
        "postgresql://u@a:1,b:2/books?target_session_attrs=read-write",
    ),
}


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_shown_without_its_password(url: str) -> None:
    assert (shown_url(url), without_password(url)) == URLS[url]


@pytest.mark.parametrize(
    "url", ["postgresql:/u@h/db", "postgres:u@h/db", "sqlite:/x.db", "host=h dbname=b", "Service = b"]
)
def test_a_mistyped_url_is_no_path(url: str) -> None:
    assert not may_be_path(url)


@pytest.mark.parametrize("path", ["/srv/billing.db", "~/a b=c.db", "postgres.db", "books:2026.db"])
def test_a_path_is_one(path: str) -> None:
    assert may_be_path(path)

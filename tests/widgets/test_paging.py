from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.rows import Row, read
from tui_billing.domain.pages import Direction
from tui_billing.widgets.paging import MAX_ROWS
from tui_billing.widgets.row_feed import RowFeed

MOVES = st.lists(st.tuples(st.sampled_from(["move", "turn", "first", "last"]), st.integers(-300, 300)), max_size=30)


def new_feed(height: int = 20) -> RowFeed[Row]:
    feed: RowFeed[Row] = RowFeed(lambda row: row.number)
    feed.resize(height)
    feed.start(None)
    return feed


def serve(feed: RowFeed[Row], count: int) -> None:
    while feed.requested is not None:
        direction, key = feed.requested
        feed.take(read(count, direction, key, 100))


def ask(feed: RowFeed[Row], name: str, amount: int) -> None:
    if name == "move":
        feed.move(amount)
    elif name == "turn":
        feed.turn(amount % 7 - 3)
    else:
        feed.jump(Direction.FIRST if name == "first" else Direction.LAST)


def expected(moves: list[tuple[str, int]], count: int, height: int) -> int:
    at = 0
    for name, amount in moves:
        delta = {"move": amount, "turn": (amount % 7 - 3) * height, "first": -count, "last": count}[name]
        at = max(0, min(at + delta, count - 1))
    return at


@given(moves=MOVES, count=st.integers(1, 5_000), height=st.integers(1, 60), late=st.booleans())
def test_any_keys_lead_to_the_same_row_whether_pages_come_at_once_or_late(
    moves: list[tuple[str, int]], count: int, height: int, late: bool
) -> None:
    feed = new_feed(height)
    for name, amount in moves:
        ask(feed, name, amount)
        if not late:
            serve(feed, count)
    serve(feed, count)
    assert feed.settled
    assert feed.window.current == Row(expected(moves, count, height))
    assert feed.window.current in feed.window.visible
    assert len(feed.window.visible) == min(count, height)


@given(moves=MOVES, height=st.integers(1, 60))
def test_the_rows_in_memory_stay_few_and_neighbouring(moves: list[tuple[str, int]], height: int) -> None:
    feed = new_feed(height)
    for name, amount in moves:
        ask(feed, name, amount)
        serve(feed, 10_000_000)
        numbers = [row.number for row in feed.window.rows]
        assert len(numbers) <= MAX_ROWS
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert feed.window.before == (numbers[0] > 0)
        assert feed.window.after == (numbers[-1] < 9_999_999)


def test_paging_through_thousands_of_rows_forgets_the_first_ones() -> None:
    feed = new_feed()
    feed.move(0)
    serve(feed, 5_000)
    for _ in range(200):
        feed.turn(1)
        serve(feed, 5_000)
    assert feed.window.current == Row(4_000)
    assert len(feed.window.rows) <= MAX_ROWS
    for _ in range(200):
        feed.turn(-1)
        serve(feed, 5_000)
    assert feed.window.current == Row(0)


def test_a_page_that_says_there_is_more_but_brings_nothing_ends_the_list() -> None:
    feed = new_feed()
    feed.take(read(150, Direction.FIRST, None, 100))
    feed.move(500)
    assert feed.requested is not None
    feed.take(type(read(0, Direction.FIRST, None, 1))((), before=True, after=True))
    assert feed.requested is None
    assert feed.window.current == Row(99)

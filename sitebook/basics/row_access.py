"""Who may see and change a table's rows: said in one line beside the model.

``sitebook.access.policies`` turns the declaration into row policies, grants and
history triggers each time the schema is migrated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_ALL_RIGHTS = "insert, update, delete"


@dataclass(frozen=True)
class SeenBy:
    """A model's row policy.

    few, many: SQL conditions for users with some customers (a list of up to 10,000, or more).
    write: rights beyond SELECT for the see-roles, as SQL words ("" for none).
    all: the same condition for users with all customers and for commands.
    app: rights of the log-in role itself, for what is needed before a role is taken; app_rows: for which rows.
    customer: the column that holds the customer, for the history's own policy.
    unsaid: columns of free text whose words the history leaves out, as those of ``secret``, but which an erasure finds.
    parent: (table, column) of the record on whose History tab a change shows; a table name that begins with
    a colon is read from that column of the row.
    nobodys: rows of no customer are everybody's.
    also: asked when the policies are made, for a condition that shows further rows to users with some customers; it
    may name tables of rooms that its own does not know.
    of_place: belongs to the place whoever has it; whoever sees the site sees all its history.
    guest: the column of a second customer who sees the row too. periods: the table that says, in columns of the same
    names, who the two were when (its column ``asset_id``, a range ``during``): who sees the row of a day sees what was
    done on it.
    """

    few: str
    many: str
    all: str = "true"
    write: str = _ALL_RIGHTS
    app: str = ""
    app_rows: str = "true"
    customer: str = ""
    parent: tuple[str, str] | None = None
    secret: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    tracked: bool = True
    of_place: bool = False
    nobodys: bool = False
    also: Callable[[], str] | None = None
    guest: str = ""
    periods: str = ""


def in_a_list(column: str, *, nobodys: bool = False) -> str:
    """The condition for a user with some customers: an array, which an index of the column is asked for.

    With ``nobodys`` a row of no customer stands under a number that no customer has, since beside an "or" no index
    would be used.
    """
    if nobodys:
        return f"coalesce({column}, -1) = ANY ((SELECT allowed_customers() || (-1)::bigint)::bigint[])"
    return f"{column} = ANY ((SELECT allowed_customers())::bigint[])"


def one_by_one(column: str) -> str:
    """The condition for a user with very many: each row that is read asks for its own grant."""
    return f"(SELECT true FROM access_own WHERE granted = {column})"


def by_customer(
    column: str = "customer_id",
    *,
    write: str = _ALL_RIGHTS,
    parent: tuple[str, str] | None = None,
    quiet: tuple[str, ...] = (),
    tracked: bool = True,
    nobodys: bool = False,
    secret: tuple[str, ...] = (),
    also: Callable[[], str] | None = None,
) -> SeenBy:
    """Rows of a customer the user may see. Rows of no customer only by those who see all, or with
    ``nobodys`` by everybody who is signed in: such a table has an index on ``coalesce(column, -1)``."""
    few, many = in_a_list(column, nobodys=nobodys), one_by_one(column)
    if nobodys:
        many = f"{many} OR {column} IS NULL"
    return SeenBy(
        few=few,
        many=many,
        write=write,
        customer=column,
        parent=parent,
        secret=secret,
        quiet=quiet,
        tracked=tracked,
        nobodys=nobodys,
        also=also,
    )


def by_owner_and_place(*, owner: str, periods: str = "", write: str = _ALL_RIGHTS, tracked: bool = True) -> SeenBy:
    """Rows of an owner and of the customer at whose place a thing is; those of neither are everybody's.

    The table has two columns for it: ``holder_id``, the owner, else the place's customer, else 0; and ``guest_id``, the
    place's customer where that is another one than the owner. So most rows are decided by one comparison.
    """
    few = f"holder_id = ANY ((SELECT 0 || allowed_customers())::bigint[]) OR {in_a_list('guest_id')}"
    many = f"holder_id = 0 OR {one_by_one('holder_id')} OR {one_by_one('guest_id')}"
    return SeenBy(few=few, many=many, write=write, customer=owner, tracked=tracked, guest="guest_id", periods=periods)


def by_parent(table: str, column: str, *, of_place: bool = False) -> SeenBy:
    """Rows whose parent row the user may see; the parent's own policy decides."""
    condition = f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {column})"
    return SeenBy(few=condition, many=condition, parent=(table, column), of_place=of_place)


def own(
    *,
    write: str = "",
    also: str = "false",
    signing_in: bool = False,
    secret: tuple[str, ...] = (),
    quiet: tuple[str, ...] = (),
    tracked: bool = True,
) -> SeenBy:
    """Rows of a user: nobody else's, not even for who sees all customers; ``also``: a condition that shows them too.
    With ``signing_in`` the log-in role sees all of them, only as long as nobody is signed in."""
    mine = f"user_id = acting_user() OR {also}"
    at_first = f"{mine} OR acting_user() IS NULL"
    return SeenBy(
        few=mine,
        many=mine,
        all=at_first,
        write=write,
        app="SELECT, INSERT, UPDATE, DELETE" if signing_in else "",
        app_rows=at_first,
        parent=("users_user", "user_id") if tracked else None,
        secret=secret,
        quiet=quiet,
        tracked=tracked,
    )


def everybody(
    *,
    write: str = _ALL_RIGHTS,
    app: str = "",
    secret: tuple[str, ...] = (),
    quiet: tuple[str, ...] = (),
    nobodys: bool = False,
    parent: tuple[str, str] | None = None,
) -> SeenBy:
    """Rows that every signed-in user may see; with ``nobodys`` also what was done to them.

    ``parent``: as for SeenBy.
    """
    return SeenBy(
        few="true", many="true", write=write, app=app, secret=secret, quiet=quiet, nobodys=nobodys, parent=parent
    )


@dataclass(frozen=True)
class FoundBy:
    """What a record is searched by, beside its title: said once beside the model, kept by the database.

    words: columns taken as they are. spaced: columns also found without their blanks (postcodes, numbers).
    phones, emails: columns that hold lists of them. children: (table, its column that names the record, its text).
    of: records it names, which everybody sees: (their table, the column here that names one, its text).
    spelled: words it is also known by, which everybody sees: (their table, the column here, the column there that
    equals it, its text).
    own: the column of the firm's custom fields, and the database's function that gives their texts.
    customer: the column that holds the customer; "" where a record has none and is everybody's. nobodys: a record of
    no customer (or of number 0) is everybody's. guest: the column of a second customer whose people find it too.
    """

    title: str = "name"
    words: tuple[str, ...] = ()
    spaced: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    children: tuple[tuple[str, str, str], ...] = ()
    of: tuple[tuple[str, str, str], ...] = ()
    spelled: tuple[tuple[str, str, str, str], ...] = ()
    own: tuple[()] | tuple[str, str] = ()
    customer: str = "customer_id"
    nobodys: bool = False
    guest: str = ""

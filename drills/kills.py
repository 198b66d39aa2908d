"""kill -9 of the server and of PostgreSQL while 200 people write: nothing acknowledged is lost, nothing half-done."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from drills.house import EMAIL, Failed, House
from drills.writers import Writers

FIRST = 40


@dataclass(frozen=True)
class Found:
    """What the database holds after a round."""

    acknowledged: int
    present: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.acknowledged:5} acknowledged, {self.present:5} present, back after {self.seconds:.1f} s"


def server_killed(house: House, number: int) -> Found:
    """Every process of serve dies at a random moment; it is started again by hand."""
    writers = Writers(house, house.sign_in(), f"server {number}")
    with writers.at_work():
        writers.wait_for(FIRST)
        time.sleep(random.uniform(0, 1.5))
        house.kill_server()
        writers.end()
    return _judge(house, writers, house.start())


def postgresql_killed(house: House, number: int) -> Found:
    """PostgreSQL dies at a random moment; serve brings it back by itself, and writing goes on."""
    writers = Writers(house, house.sign_in(), f"postgresql {number}")
    with writers.at_work():
        writers.wait_for(FIRST)
        time.sleep(random.uniform(0, 1.5))
        began = time.monotonic()
        house.kill_postgresql()
        time.sleep(0.2)
        house.wait_until_healthy()
        seconds = time.monotonic() - began
        writers.wait_for(FIRST)
    return _judge(house, writers, seconds)


def _judge(house: House, writers: Writers, seconds: float) -> Found:
    """Raises Failed with what is missing or half-done."""
    there = dict(house.rows("SELECT name, id FROM customers_customer WHERE name LIKE %s", f"{writers.label} %"))
    faults = {
        "acknowledged but missing": [n for n, pk in writers.acknowledged.items() if there.get(n) != pk],
        "present but never sent": sorted(set(there) - writers.attempted),
        **{why: [row[0] for row in house.rows(asked)] for why, asked in HALF_DONE.items()},
    }
    if found := {why: names[:5] for why, names in faults.items() if names}:
        raise Failed(f"{writers.label}: {found}")
    return Found(len(writers.acknowledged), len(there), seconds)


_MADE = "SELECT record_id FROM history_change WHERE kind = 'customers_customer' AND action = 'made'"
# One customer is three rows in one transaction: itself, its maker's grant, its history.
HALF_DONE = {
    "twice": "SELECT name FROM customers_customer GROUP BY name HAVING count(*) > 1",
    "without history": f"SELECT name FROM customers_customer WHERE id NOT IN ({_MADE})",
    "history of nothing": f"{_MADE} EXCEPT ALL SELECT id FROM customers_customer",
    "without its maker's grant": f"""
        SELECT c.name FROM customers_customer c JOIN users_user u ON u.id = c.created_by_id AND u.email = '{EMAIL}'
        WHERE NOT EXISTS (SELECT 1 FROM access_grant g WHERE g.customer_id = c.id AND g.user_id = u.id)""",
    "grant of nothing": """
        SELECT customer_id::text FROM access_grant WHERE customer_id NOT IN (SELECT id FROM customers_customer)""",
}

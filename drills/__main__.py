"""Every drill, with a line for each round. ROUNDS (10) says how often each kill is repeated."""

from __future__ import annotations

import os
import sys
import time

from drills.backups import saved_and_brought_back
from drills.clocks import days_of_a_year
from drills.house import Failed, House
from drills.kills import postgresql_killed, server_killed
from drills.leftovers import backups_killed, marked, restores_killed, uploads_killed
from drills.pictures import lists_stay_quick


def main() -> int:
    """0 when every promise held."""
    rounds = int(os.environ.get("ROUNDS") or 10)
    house = House()
    began = time.monotonic()
    try:
        house.set_up()
        house.start()
        for what, drill in (("kill -9 of the server", server_killed), ("kill -9 of PostgreSQL", postgresql_killed)):
            for number in range(1, rounds + 1):
                print(f"{what} {number:2}: {drill(house, number)}", flush=True)
        for line in lists_stay_quick(house):
            print(line, flush=True)
        with marked(house) as place:
            for killed in (backups_killed, restores_killed, uploads_killed):
                print(f"left on the disk: {killed(place, rounds)}", flush=True)
        print(f"backup under load: {saved_and_brought_back(house)}", flush=True)
        # It lasts minutes, also in its short form.
        if rounds > 1:
            print(f"days under a shifted clock: {days_of_a_year(rounds)}", flush=True)
    except Failed as failure:
        print(f"FAILED: {failure}\nThe server's log is {house.log}")
        return 1
    finally:
        house.take_down()
    house.log.unlink(missing_ok=True)
    print(f"All drills passed in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

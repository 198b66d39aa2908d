"""Cuts the demo's data from the full public files: fewer columns, every row.

    python tools/cut_demo.py ../shared/data sitebook/demo/data

Cells are copied as they stand. A record with another number of cells than the header is copied
whole, so that it is refused in the demo as it would be from the full file. Running it again writes
the same bytes.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

DEMO = {
    "uk-charge-points.csv.gz": (
        "uk-charge-points/national-charge-point-registry.csv.gz",
        [
            *("chargeDeviceID", "reference", "name", "latitude", "longitude", "subBuildingName"),
            *("buildingName", "buildingNumber", "thoroughfare", "street", "doubleDependantLocality"),
            *("dependantLocality", "town", "county", "postcode", "countryCode", "deviceOwnerName"),
            *("deviceOwnerWebsite", "deviceOwnerTelephoneNo", "chargeDeviceStatus", "locationType"),
        ],
    ),
    "nycha-developments.csv.gz": (
        "nycha-buildings/Block-and-Lot-Guide-01012024.csv",
        ["BOROUGH", "BLOCK", "LOT", "ADDRESS", "ZIP CODE", "DEVELOPMENT", "MANAGED BY", "FACILITY"],
    ),
    "toronto-apartments.csv.gz": (
        "toronto-apartments/registrations-2026-08-06.csv.gz",
        ["RSN", "SITE_ADDRESS", "PCODE", "WARD", "PROPERTY_TYPE", "PROP_MANAGEMENT_COMPANY_NAME"],
    ),
}
ELEVATORS = ["DV_DEVICE_NUMBER", "DV_DEVICE_STATUS_DESCRIPTION", "Borough", "TAX_BLOCK", "TAX_LOT", "Device Type"]
BOROUGHS = ("QUEENS", "STATEN ISLAND")
TESTS = {
    "toronto-apartments-2022.csv.gz": (
        "toronto-apartments/registrations-2022-05-31.csv.gz",
        DEMO["toronto-apartments.csv.gz"][1],
    ),
}


def main(data: Path, demo: Path) -> None:
    for target, (source, columns) in DEMO.items():
        cut(data / source, demo / target, columns)
    for target, (source, columns) in TESTS.items():
        cut(data / source, demo.parent.parent / "imports" / "tests" / "data" / target, columns)
    elevators(data, demo / "nycha-elevators.csv.gz")


def elevators(data: Path, target: Path) -> None:
    """The devices of two boroughs on lots of the Housing Authority, with the development that its list names there."""
    developments: dict[tuple[str, ...], str] = {}
    with (data / "nycha-buildings" / "Block-and-Lot-Guide-01012024.csv").open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            developments.setdefault(_lot(row["BOROUGH"], row["BLOCK"], row["LOT"]), row["DEVELOPMENT"])
    kept = []
    with gzip.open(data / "nyc-elevators" / "elevators.csv.gz", "rt", encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(line for line in text if line.strip()):
            lot = _lot(row["Borough"], row["TAX_BLOCK"], row["TAX_LOT"])
            if lot[0] in BOROUGHS and lot in developments:
                kept.append([*(row[name] for name in ELEVATORS), developments[lot]])
    write(target, [[*ELEVATORS, "DEVELOPMENT"], *kept])


def _lot(borough: str, block: str, lot: str) -> tuple[str, str, str]:
    return borough.upper(), block.lstrip("0"), lot.lstrip("0")


def cut(source: Path, target: Path, columns: list[str]) -> None:
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt", encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        header = next(rows)
        places = [header.index(name) for name in columns]
        kept = [[row[place] for place in places] if len(row) == len(header) else row for row in rows]
    write(target, [columns, *kept])


def write(target: Path, rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Without a name and a date inside, the same rows always give the same bytes.
    target.write_bytes(gzip.compress(written.getvalue().encode("utf-8"), mtime=0))
    print(f"{target}: {len(rows) - 1} rows, {len(rows[0])} columns, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

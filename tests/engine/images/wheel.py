"""Writes the wheel that plays the requirements of every Python application.

Its programs become the probe: `uvicorn APP --port N` serves, `alembic` ends at once.
The same bytes every time, so that a lock file can name their hash.
"""

import base64
import hashlib
import pathlib
import sys
import zipfile

NAME = "stand_in_application-1.0"

MODULE = '''\
"""Programs of the names that applications start, played by the probe."""

import os
import sys

PROBE = "/usr/local/bin/probe"


def serve():
    os.execv(PROBE, [PROBE, "serve", *sys.argv[1:]])


def migrate():
    print("nothing to migrate")
'''

ENTRY_POINTS = """\
[console_scripts]
uvicorn = stand_in_application:serve
alembic = stand_in_application:migrate
"""

FILES = {
    "stand_in_application.py": MODULE,
    f"{NAME}.dist-info/METADATA": "Metadata-Version: 2.1\nName: stand-in-application\nVersion: 1.0\n",
    f"{NAME}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{NAME}.dist-info/entry_points.txt": ENTRY_POINTS,
}


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def main(folder: str) -> None:
    record = f"{NAME}.dist-info/RECORD"
    lines = [f"{path},sha256={digest(text)},{len(text.encode())}\n" for path, text in FILES.items()]
    with zipfile.ZipFile(pathlib.Path(folder) / f"{NAME}-py3-none-any.whl", "w") as wheel:
        for path, text in {**FILES, record: "".join(lines) + f"{record},,\n"}.items():
            wheel.writestr(zipfile.ZipInfo(path), text)


main(sys.argv[1])

"""Says that it is alive in the way its health check asks."""

import os
import pathlib

pathlib.Path("/tmp/alive").touch()
os.execv("/usr/local/bin/probe", ["probe", "remain"])

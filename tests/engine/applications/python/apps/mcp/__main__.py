"""The optional adapter."""

import os

os.execv("/usr/local/bin/probe", ["probe", "serve", "--port", "3333"])

"""Runs one Python judge over many folders in one process, since each start of one takes longer than its work.

usage: judge.py MODULE ARGUMENT... (folders on standard input); prints one line of JSON per folder.
"""

import contextlib
import importlib
import io
import json
import os
import sys


def judged(main, arguments, folder):
    os.chdir(folder)
    sys.argv = ["judge", *arguments]
    if arguments[-1] == "gateway/nginx.conf" and os.path.exists(".gixy.cfg"):
        sys.argv[1:1] = ["-c", ".gixy.cfg"]
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main()
    except SystemExit as end:
        code = end.code
    except Exception as error:  # a judge that gives up has not judged
        return {"folder": folder, "code": 99, "out": out.getvalue(), "err": repr(error)}
    return {"folder": folder, "code": code or 0, "out": out.getvalue(), "err": err.getvalue()}


main = importlib.import_module(sys.argv[1]).main
arguments = sys.argv[2:]
answers = sys.stdout
for line in list(sys.stdin):
    print(json.dumps(judged(main, arguments, line.strip())), file=answers, flush=True)

"""Run every check: `python3 scripts/test.py`. The first run sets up .venv beside README.md."""
# ruff: noqa: RUF005, UP031, UP036
# No f-string, annotation or [*list] in this file: an old Python must be able to read it to get to
# the sentence below, which is of more use than a SyntaxError.

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "This needs Python 3.11 or newer, and this is Python %d.%d: start it with a newer one, "
        "for example `python3.11 scripts/test.py`.\n" % sys.version_info[:2]
    )
    sys.exit(2)

import os
import shlex

import browser
import environment

USAGE = """\
python3 scripts/test.py                  format, lint, types, then the tests
python3 scripts/test.py --slow           the same, with the tests that take minutes, and
                                         with random examples that no run had before
python3 scripts/test.py -- -k conv -x    what follows -- goes to pytest"""


def checks(slow, for_pytest):
    """The commands, in order, without the Python that runs them."""
    workers = str(min(os.cpu_count() or 1, 4))
    which = ["--hypothesis-profile=fresh"] if slow else ["-m", "not slow"]
    return [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        # Last, so that its count of passed and failed tests closes the output.
        ["pytest", "-n", workers] + which + for_pytest,
    ]


def main(arguments, root=environment.ROOT):
    end = arguments.index("--") if "--" in arguments else len(arguments)
    ours, for_pytest = arguments[:end], arguments[end + 1 :]
    if "-h" in ours or "--help" in ours:
        print(USAGE)
        return 0
    strange = [argument for argument in ours if argument != "--slow"]
    if strange:
        raise environment.CannotGoOn(
            "%r is no option of this script; put -- before what is meant for pytest." % strange[0]
        )
    python = environment.prepared_python(root)
    if browser.find_or_install() is None:
        sys.stderr.write(browser.MISSING + "\n")
    failed = []
    # A failing check does not stop the later ones: one run shows all there is to repair.
    for check in checks("--slow" in ours, for_pytest):
        as_typed = shlex.join([os.path.relpath(str(python), str(root)), "-m"] + check)
        sys.stdout.write("\n$ " + as_typed + "\n")
        sys.stdout.flush()
        if environment.run([python, "-m"] + check, folder=root) != 0:
            failed.append(" ".join(check[:2] if check[0] == "ruff" else check[:1]))
    if failed and failed != ["pytest"]:
        # Without this line a green pytest at the end would hide what failed above it.
        sys.stderr.write("Failed: %s.\n" % ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(environment.exit_code(lambda: main(sys.argv[1:])))

"""Run one lesson: `python3 scripts/learn.py 3`. The first run sets up .venv beside README.md."""
# ruff: noqa: RUF005, UP031, UP036
# No f-string, annotation or [*list] in this file: an old Python must be able to read it to get to
# the sentence below, which is of more use than a SyntaxError.

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "This needs Python 3.11 or newer, and this is Python %d.%d: start it with a newer one, "
        "for example `python3.11 scripts/learn.py`.\n" % sys.version_info[:2]
    )
    sys.exit(2)

import environment

USAGE = """\
python3 scripts/learn.py                 lesson 1
python3 scripts/learn.py 3               lesson 3
python3 scripts/learn.py 3 --no-bias     lesson 3; what follows the number goes to the lesson
python3 scripts/learn.py 3 --help        what lesson 3 understands
python3 scripts/learn.py --list          all lessons

The first run makes .venv beside README.md, later runs use it again. If it ever misbehaves,
delete the folder .venv: the next run makes a new one."""


def lessons_in(root):
    """The lessons by number: {3: root/lessons/03_name.py}."""
    return {int(f.name[:2]): f for f in sorted((root / "lessons").glob("[0-9][0-9]_*.py"))}


def title_of(lesson):
    """The heading of the lesson's first text cell, which is the line `# # 1. Title`."""
    for line in lesson.read_text(encoding="utf-8").splitlines():
        if line.startswith("# # "):
            return line[len("# # ") :].strip()
    return lesson.stem


def main(arguments, root=environment.ROOT):
    first, rest = (arguments[0], arguments[1:]) if arguments else ("1", [])
    if first in ("-h", "--help"):
        print(USAGE)
        return 0
    lessons = lessons_in(root)
    if first == "--list":
        # A Windows console may lack a sign of a title, which is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
        for lesson in lessons.values():
            print("  " + title_of(lesson))
        return 0
    if not (first.isdecimal() and int(first) in lessons):
        known = ", ".join(str(number) for number in lessons) or "none yet"
        raise environment.CannotGoOn(
            "There is no lesson %r; the lessons are: %s (--list shows their titles)."
            % (first, known)
        )
    python = environment.prepared_python(root)
    return environment.run([python, lessons[int(first)]] + rest)


if __name__ == "__main__":
    sys.exit(environment.exit_code(lambda: main(sys.argv[1:])))

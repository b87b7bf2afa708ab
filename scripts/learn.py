"""Go on with the lessons, or run one: `python3 scripts/learn.py 3`. The first run sets up .venv."""
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
python3 scripts/learn.py                 the next lesson that you haven't finished
python3 scripts/learn.py 3               lesson 3
python3 scripts/learn.py 3 --no-bias     lesson 3; what follows the number goes to the lesson
python3 scripts/learn.py 3 --help        what lesson 3 understands
python3 scripts/learn.py --list          all lessons, and how far you are

The first run makes .venv beside README.md, later runs use it again. If it ever misbehaves,
delete the folder .venv: the next run makes a new one."""


def main(arguments, root=environment.ROOT):
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    # The package itself, from this folder: what is needed of it here asks for nothing installed.
    sys.path.insert(0, str(root))
    from sharedconv.practice.lessons import lessons_in, listing, next_lesson, no_lesson, where
    from sharedconv.practice.progress import progress

    lessons = lessons_in(root)
    if arguments[:1] == ["--list"]:
        # A Windows console may lack a sign of a title, which is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
        for line in listing(root, progress()):
            print("  " + line)
        return 0
    if arguments:
        number, rest = arguments[0], arguments[1:]
    else:
        done = progress()
        environment.say(where(root, done) + "\n")
        number, rest = next_lesson(root, done), []
        if number is None:
            return 0
    if not (str(number).isdecimal() and int(number) in lessons):
        why = no_lesson(root, progress(), arguments, "python3 scripts/learn.py")
        raise environment.CannotGoOn(why[0].upper() + why[1:])
    python = environment.prepared_python(root)
    return environment.run([python, lessons[int(number)]] + rest)


if __name__ == "__main__":
    sys.exit(environment.exit_code(lambda: main(sys.argv[1:])))

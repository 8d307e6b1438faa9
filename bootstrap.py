"""Makes the environment in `.venv/` and finds a browser for the tests; the Makefile calls it.

    python3 bootstrap.py env        # .venv/ as requirements/development.txt says; quick when it is
    python3 bootstrap.py browser    # a Chromium the tests can drive

Run by whatever Python 3 the machine has, before anything is installed: standard library only,
and nothing newer than an old Python can read, so that it can say in one sentence what is wrong.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

CHECKOUT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(CHECKOUT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, ".waylight")
REQUIREMENTS = os.path.join(CHECKOUT, "requirements", "development.txt")
# The embedded Redis is built for these only.
PYTHONS = ((3, 12), (3, 11))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Refused(Exception):
    """What is wrong and the way out, in a sentence for the person."""


def ensure_environment():
    """Make `.venv/` unless it is what the requirement file says; a half-made one is made anew."""
    with open(REQUIREMENTS, "rb") as requirements:
        # Two `make` at once: the second waits, then finds the first one's work.
        fcntl.flock(requirements, fcntl.LOCK_EX)
        wanted = hashlib.sha256(requirements.read()).hexdigest()
        version = _version(VENV_PYTHON)
        stamp = _read(STAMP)
        if version in PYTHONS and stamp == _stamp(wanted, version):
            return
        whole = version in PYTHONS and stamp.startswith("python ")
        if os.path.exists(STAMP):
            os.remove(STAMP)
        if not (whole and _install()):
            _make_anew()
        with open(STAMP, "w") as stamped:
            stamped.write(_stamp(wanted, _version(VENV_PYTHON)))


def _make_anew():
    uv = shutil.which("uv")
    python = _suitable_python()
    if python is None and not uv:
        raise _no_python()
    print("Making the environment in .venv/ (a minute or so, once).", flush=True)
    if os.path.islink(VENV):
        os.remove(VENV)
    elif os.path.exists(VENV):
        shutil.rmtree(VENV)
    if uv and _quiet([uv, "venv", "--quiet", "--python", python or "3.12", VENV]) is None:
        if _install():
            return
        shutil.rmtree(VENV)
    if python is None:
        raise _no_python()
    wrong = _quiet([python, "-m", "venv", VENV])
    if wrong is not None:
        raise Refused(
            f"Python's own `venv` does not work here ({wrong}): on Debian and Ubuntu "
            "`apt-get install python3-venv` brings it; `uv` would do as well."
        )
    if not _install(said=True):
        raise Refused(
            "The packages could not be installed (see above): "
            "look at the network, then run this again."
        )


def _no_python():
    return Refused(
        f"Waylight needs Python 3.11 or 3.12, and this machine has {sys.version.split()[0]}: "
        "install one of them, or `uv`, which brings its own, and run this again."
    )


def _install(said=False):
    """Install what the requirement file pins, by uv or the environment's own pip; True if done."""
    pinned = ["--require-hashes", "-r", REQUIREMENTS]
    uv = shutil.which("uv")
    ways = [[uv, "pip", "install", "--quiet", "--python", VENV_PYTHON]] if uv else []
    if _quiet([VENV_PYTHON, "-m", "pip", "--version"]) is None:
        ways.append([VENV_PYTHON, "-m", "pip", "install", "--quiet", "--no-input"])
    wrong = None
    for way in ways:
        wrong = _quiet(way + pinned)
        if wrong is None:
            return True
    if said and wrong:
        print(wrong, file=sys.stderr)
    return False


def _suitable_python():
    """The first Python that will do; asked by running it, since a name alone proves nothing."""
    names = ["python{}.{}".format(*version) for version in PYTHONS] + ["python3", sys.executable]
    for name in names:
        path = shutil.which(name)
        if path and _version(path) in PYTHONS:
            return path
    return None


def _version(python):
    """(major, minor) of an interpreter, None when it does not run."""
    try:
        said = subprocess.check_output(
            [python, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"],
            stderr=subprocess.DEVNULL,
        )
        major, minor = said.split()
        return int(major), int(minor)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def _stamp(wanted, version):
    return f"python {version[0]}.{version[1]}\nrequirements {wanted}\n"


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def _quiet(command):
    """Run a command; None when it did well, else the line that best says why not."""
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as problem:
        return str(problem)
    if done.returncode == 0:
        return None
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    telling = [line.strip() for line in lines if "error" in line.lower()]
    return (telling or lines or ["it said nothing"])[-1]


def find_browser():
    """The path of a Chromium that runs: `WAYLIGHT_BROWSER`, the system's, Playwright's; or None."""
    paths = [os.environ.get("WAYLIGHT_BROWSER") or ""]
    paths += [shutil.which(name) or "" for name in BROWSERS]
    for path in filter(None, paths):
        # Ubuntu's chromium-browser is a script that only says to install something else.
        if _quiet([path, "--version"]) is None:
            return path
    ask = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as p: print(p.chromium.executable_path)"
    )
    try:
        own = subprocess.check_output([VENV_PYTHON, "-c", ask], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    path = own.decode().strip()
    return path if os.path.exists(path) and _quiet([path, "--version"]) is None else None


def ensure_browser():
    """Find a browser for the tests or fetch one: Debian's own as root, else Playwright's."""
    if find_browser():
        return
    print("Fetching a browser for the tests (once).", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        if _quiet(install) is not None and _quiet(["apt-get", "update"]) is None:
            _quiet(install)
    if not find_browser():
        command = [os.path.join(VENV, "bin", "playwright"), "install", "chromium"]
        wrong = _quiet(command + (["--with-deps"] if os.geteuid() == 0 else []))
        if not find_browser():
            raise Refused(
                "No browser for the tests could be fetched ({}): install Chromium, or say where "
                "one is with WAYLIGHT_BROWSER=/path/to/chromium, and run this again.".format(
                    wrong or "it was installed but does not run"
                )
            )


def main(arguments):
    """Do what is asked; 1 and a sentence when it cannot be done."""
    steps = {"env": ensure_environment, "browser": ensure_browser}
    if len(arguments) != 1 or arguments[0] not in steps:
        print("Say one of: {}".format(", ".join(sorted(steps))), file=sys.stderr)
        return 2
    try:
        steps[arguments[0]]()
    except Refused as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped half-way; the next run starts this step again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

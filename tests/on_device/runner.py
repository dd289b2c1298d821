"""Runs an on-device test module: `micropython -m tests.on_device.runner MODULE`, from bytecode."""

import sys


def main():
    """Call every `test_` function, a line each; exit 1 when one failed or there was none."""
    module = __import__(sys.argv[1], None, None, ("*",))
    names = sorted(name for name in dir(module) if name.startswith("test_"))
    failed = 0
    for name in names:
        try:
            getattr(module, name)()
            print("passed", name)
        except Exception as error:
            failed += 1
            print("failed", name)
            sys.print_exception(error)
    if not names:
        print("no test in", sys.argv[1])
    sys.exit(1 if failed or not names else 0)


if __name__ == "__main__":
    main()

"""`python -m bench`: say which measurements there are. Each is a module of this package with a `main`."""

import pkgutil
import sys

import bench


def main() -> int:
    found = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    if not found:
        print("There is no measurement yet. bench/README.md says what will be measured, and against what.")
        return 0
    for name in found:
        print(f"python -m bench.{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

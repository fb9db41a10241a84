"""Which Stepwell this is."""

from importlib.metadata import PackageNotFoundError, version


def product_version() -> str:
    try:
        return version("stepwell")
    except PackageNotFoundError:  # run from a folder that was not installed
        return "0"

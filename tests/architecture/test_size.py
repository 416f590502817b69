"""Small enough to be read: budgets for functions and modules."""

from tests.architecture.source import functions, sources

LONGEST_FUNCTION = 60
USUAL_FUNCTION = 30
USUAL_SHARE = 0.9
LONGEST_MODULE = 400


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        name: length
        for source in sources()
        for name, length in functions(source)
        if length > LONGEST_FUNCTION
    }
    assert long == {}


def test_nine_functions_of_ten_are_half_of_that() -> None:
    lengths = [length for source in sources() for _, length in functions(source)]
    assert sum(length <= USUAL_FUNCTION for length in lengths) / len(lengths) >= USUAL_SHARE


def test_no_module_is_too_long() -> None:
    assert {source.name: source.lines for source in sources() if source.lines > LONGEST_MODULE} == {}

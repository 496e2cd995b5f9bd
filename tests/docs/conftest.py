from tests.autograder.conftest import made_course  # noqa: F401 (fixture)

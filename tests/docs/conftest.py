from tests.autograder.conftest import course, made_course  # noqa: F401 (fixtures)

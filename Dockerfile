# The grader and its server. Build: docker build -t course-labs .
# bubblewrap needs three settings when the container starts: compose.yaml has them, docs/containers.md
# explains them.
ARG PYTHON=3.12-slim-bookworm

FROM python:${PYTHON} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY autograder autograder
COPY course_lib course_lib
RUN python -m pip wheel --no-deps --wheel-dir /wheels .

FROM python:${PYTHON}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends bubblewrap libseccomp2 \
 && rm -rf /var/lib/apt/lists/*
# Of the package's extras; "scale" adds Dask for more machines.
ARG EXTRAS=data,grading,scale,server
COPY --from=build /wheels /wheels
# pip compiles to bytecode: TensorFlow then starts in a third of the time.
RUN python -m pip install --no-cache-dir --compile \
    "$(echo /wheels/*.whl)[${EXTRAS}]" 'psycopg[binary]>=3.1'
# Not root: bubblewrap makes its namespaces as an ordinary user.
RUN useradd --uid 10001 --create-home grader \
 && mkdir /course \
 && chown grader /course
ENV TF_CPP_MIN_LOG_LEVEL=3
USER grader
WORKDIR /course
VOLUME /course
EXPOSE 8000
ENTRYPOINT ["autograder"]
CMD ["doctor"]

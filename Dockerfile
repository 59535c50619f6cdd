# mytake with everything in it, models too: one image for worker, review page and Prefect's server.
#   docker build -t mytake .
#   docker run --rm -v "$PWD/output:/mytake/output" mytake run https://www.youtube.com/watch?v=…
FROM python:3.11-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends make \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 mytake \
 && install --directory --owner mytake /mytake /mytake/output
USER mytake
WORKDIR /mytake

# torch for CPUs, a tenth of the size; for a GPU: --build-arg TORCH=https://pypi.org/simple
ARG TORCH=https://download.pytorch.org/whl/cpu
# The same steps as on any machine. What they need and no more, so that a changed config costs nothing.
COPY --chown=mytake Makefile pyproject.toml README.md requirements.lock requirements-models.lock ./
COPY --chown=mytake pipeline pipeline
COPY --chown=mytake flows flows
RUN PIP_NO_CACHE_DIR=1 PIP_EXTRA_INDEX_URL="$TORCH" make setup

COPY --chown=mytake config config
ENV PATH="/mytake/.venv/bin:$PATH" \
    DO_NOT_TRACK=1 \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    PREFECT_LOGGING_EXTRA_LOGGERS=pipeline
VOLUME /mytake/output
ENTRYPOINT ["mytake"]
CMD ["--help"]

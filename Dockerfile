# The converter in a container: docker build -t enterprisedata-converter .
# Any base with Python 3.11 or later will do: --build-arg BASE=…
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/converter
COPY requirements.lock ./
# everything that is installed below has the hash of the lock file
RUN /opt/build/bin/pip download --no-cache-dir --require-hashes --dest /wheels --requirement requirements.lock
COPY pyproject.toml README.md ./
COPY schemas schemas
COPY share share
COPY converter converter
RUN /opt/build/bin/pip install --no-cache-dir --no-index --find-links /wheels hatchling \
    && /opt/build/bin/python -m hatchling build -t wheel -d /dist \
    && set -- /dist/*.whl \
    && /opt/build/bin/pip --python /opt/converter/bin/python install --no-cache-dir --no-index \
       --find-links /wheels "$1[aes,postgresql,sftp,smb]"

FROM ${BASE}
# messages carry UTC and the journal is told in it; LANG=ru_RU.UTF-8 makes the program speak Russian
ENV LANG=C.UTF-8 TZ=UTC PATH=/opt/converter/bin:${PATH}
RUN groupadd --system --gid 10001 converter \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /exchange \
       --shell /usr/sbin/nologin converter \
    && install -d -o 10001 -g 10001 -m 2770 /exchange
COPY --from=build /opt/converter /opt/converter
USER 10001:10001
WORKDIR /exchange
# settings, state, archive and the folders of the bases
VOLUME ["/exchange"]
# a pass that has begun is finished
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5m --timeout=1m --start-period=1m --retries=3 \
    CMD ["converter", "doctor", "-q", "-c", "/exchange/exchange.toml"]
ENTRYPOINT ["converter"]
CMD ["watch", "-c", "/exchange/exchange.toml"]

# Dateline with its compiled gazetteer, for both databases; `docker run -p 8000:8000 -v events:/data IMAGE`.
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH
WORKDIR /source

# The packages of others come first: their layer is built again only when these two files change.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
print(*project['dependencies'], *project['optional-dependencies']['postgres'], sep='\n')" > requirements.txt \
    && pip install -r requirements.txt -c constraints.txt

COPY . .
# Compile the gazetteer into the image, so that a container starts immediately.
RUN pip install --no-deps . \
    && TIMELINE_GAZETTEER=/opt/dateline/gazetteer.sqlite timeline gazetteer

FROM python:3.11.14-slim-bookworm

RUN useradd --uid 1000 --create-home dateline \
    && install --directory --owner=dateline --group=dateline /data
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TIMELINE_GAZETTEER=/opt/dateline/gazetteer.sqlite \
    TIMELINE_DATABASE_URL=sqlite:////data/timeline.db

USER dateline
WORKDIR /home/dateline
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=5)"]
# A new volume gets a database with the seed events; one that exists is upgraded and served.
CMD ["timeline", "serve", "--host", "0.0.0.0", "--migrate", "--seed-if-new"]

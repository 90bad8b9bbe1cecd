FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    TIMELINE_GAZETTEER=/opt/dateline/gazetteer.sqlite \
    TIMELINE_DATABASE_URL=sqlite:////data/timeline.db

WORKDIR /opt/dateline
COPY . source
# Compile the gazetteer into the image, so that a container starts immediately.
RUN pip install --no-cache-dir -c source/constraints.txt ./source \
    && timeline gazetteer \
    && rm -rf source \
    && useradd --create-home dateline \
    && mkdir /data \
    && chown dateline /data

USER dateline
VOLUME /data
EXPOSE 8000
CMD ["timeline", "demo", "--host", "0.0.0.0"]

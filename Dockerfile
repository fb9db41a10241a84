# One image for every process of compose.yaml; which one it is, its command says.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/stepwell
COPY requirements.txt ./
RUN /opt/stepwell/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.txt

FROM node:24-slim AS pages
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /srv/stepwell --create-home stepwell
COPY --from=build /opt/stepwell /opt/stepwell
WORKDIR /srv/stepwell
ENV STEPWELL_STATIC_ROOT=/srv/stepwell/staticfiles
COPY --chown=root:root . .
COPY --chown=root:root --from=pages /build/dist frontend/dist
# Our own code is used where it lies: the locked setuptools links it, without a network.
RUN /opt/stepwell/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation -e . \
    && STEPWELL_SECRET_KEY=build STEPWELL_ENCRYPTION_KEYS=build \
       STEPWELL_DATABASE_URL=postgresql://build@localhost/build STEPWELL_REDIS_URL=redis://localhost/0 \
       /opt/stepwell/bin/python manage.py collectstatic --noinput --verbosity 0
ENV PATH=/opt/stepwell/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2
USER stepwell
EXPOSE 8000
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "--no-server-name", "--access-log", "/dev/null", "config.asgi:application"]

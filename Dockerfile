FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /fourdoors

COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.lock

COPY . .
RUN useradd --system --no-create-home fourdoors
USER fourdoors

EXPOSE 8000 8005
CMD ["uvicorn", "app:create", "--factory", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", \
     "--no-server-header", "--log-level", "warning", "--timeout-graceful-shutdown", "10"]

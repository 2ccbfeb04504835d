"""`python -m sandbox --port 8001 --state var/sandbox.db`: the vendors' sandbox as a process of its own."""

import argparse
from pathlib import Path

import uvicorn

from sandbox.app import build
from sandbox.options import Options

DEFAULTS = Options()


def main() -> None:
    given = _arguments()
    options = Options(
        public_url=given.public_url or f"http://127.0.0.1:{given.port}",
        webhook_url=given.webhook_url or None,
        state=given.state,
        stripe_key=given.stripe_key,
        stripe_webhook_secret=given.stripe_webhook_secret,
        twilio_sid=given.twilio_sid,
        twilio_token=given.twilio_token,
        sendgrid_key=given.sendgrid_key,
        sendgrid_seed=given.sendgrid_seed,
    )
    uvicorn.run(build(options), host=given.host, port=given.port, log_level=given.log_level, access_log=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, help="SQLite file; without it everything is forgotten at the end")
    parser.add_argument("--public-url", help="where people reach the sandbox; default: this port of 127.0.0.1")
    parser.add_argument("--webhook-url", default=DEFAULTS.webhook_url, help="'' sends no webhooks")
    parser.add_argument("--stripe-key", default=DEFAULTS.stripe_key)
    parser.add_argument("--stripe-webhook-secret", default=DEFAULTS.stripe_webhook_secret)
    parser.add_argument("--twilio-sid", default=DEFAULTS.twilio_sid)
    parser.add_argument("--twilio-token", default=DEFAULTS.twilio_token)
    parser.add_argument("--sendgrid-key", default=DEFAULTS.sendgrid_key)
    parser.add_argument("--sendgrid-seed", default=DEFAULTS.sendgrid_seed, help="fixes the event signing key")
    parser.add_argument("--log-level", default="warning")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Stripe's list of balance transactions, as long as wished: made up page by page, kept nowhere.

    python -m tests.bench.generated <port> <count>

Number n is `txn_bench_<n>`, a charge of 25.00 with a fee of 1.03, ten seconds after number n - 1;
the list begins with the last. Nothing else is answered but an empty list of disputes.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FIRST_AT = 1_700_000_000
EVERY = 10


def transaction(number: int) -> dict[str, object]:
    """One balance transaction, its source expanded."""
    return {
        "id": f"txn_bench_{number}",
        "object": "balance_transaction",
        "amount": 2500,
        "currency": "cad",
        "fee": 103,
        "net": 2397,
        "created": FIRST_AT + EVERY * number,
        "reporting_category": "charge",
        "status": "available",
        "type": "charge",
        "source": {
            "id": f"ch_bench_{number}",
            "object": "charge",
            "payment_intent": f"pi_bench_{number}",
        },
    }


def main() -> None:
    """Serve until killed."""
    port, count = int(sys.argv[1]), int(sys.argv[2])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = parse_qs(asked.query)
            page: list[dict[str, object]] = []
            last = 0
            if asked.path == "/v1/balance_transactions":
                after = query.get("starting_after", [f"txn_bench_{count + 1}"])[0]
                newest = int(after.rpartition("_")[2]) - 1
                last = max(0, newest - int(query.get("limit", ["10"])[0]))
                page = [transaction(n) for n in range(newest, last, -1)]
            body = json.dumps(
                {"object": "list", "data": page, "has_more": last > 0, "url": asked.path}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()

"""What happens, as one JSON object a line on standard error."""

import json
import logging
from datetime import UTC, datetime

LOG = logging.getLogger("edgewise.service")


class AsJson(logging.Formatter):
    """`extra={"facts": {...}}` of a record stands beside its time, level and message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_as_json() -> None:
    """From here on, of this service and of the server that it runs in."""
    handler = logging.StreamHandler()
    handler.setFormatter(AsJson())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)

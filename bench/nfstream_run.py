"""NFStream over one capture, as a process of its own: prints packets, bytes and flows as JSON."""

import json
import sys

from nfstream import NFStreamer


def main(path: str, accounting: int) -> None:
    # The settings that the project compares itself with: no application guessing, sequences of up to 100
    # packets, one meter. accounting_mode 1 counts IP bytes instead of frames; it is used untimed.
    stream = NFStreamer(
        source=path, n_dissections=0, splt_analysis=100, n_meters=1, accounting_mode=accounting
    )
    flows = packets = bytes_ = 0
    for flow in stream:
        flows += 1
        packets += flow.bidirectional_packets
        bytes_ += flow.bidirectional_bytes
    print(json.dumps({"flows": flows, "packets": packets, "bytes": bytes_}))


if __name__ == "__main__":  # NFStream starts processes of its own, which import this file
    main(sys.argv[1], int(sys.argv[2]))

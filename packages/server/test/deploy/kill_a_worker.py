"""Scores a file on a cluster of two workers, of which one is killed in mid-work.

    python3 kill_a_worker.py JOB, an object of JSON: model, source, target, count, each, command
"""

import json
import os
import pathlib
import signal
import sys

from distributed import Client, LocalCluster

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "recipes"))
from dask_score import parts_of, score


def main(job):
    parts = parts_of(job["source"], job["target"], job["count"], job["each"])
    done = []
    killed = None
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        pids = client.run(os.getpid)
        for target in score(client, parts, job["model"], command=job["command"]):
            done.append(target)
            if killed is None:
                busy = [worker for worker, keys in client.processing().items() if keys]
                killed = pids[busy[0]]
                os.kill(killed, signal.SIGKILL)
        pids_after = client.run(os.getpid)
    print(json.dumps({"done": done, "killed": killed, "replaced": killed not in pids_after.values()}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

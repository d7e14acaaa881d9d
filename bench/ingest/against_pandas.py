#!/usr/bin/env python3
"""emptor against pandas on one CSV file, in turns, medians.

    EMPTOR_DATA_DIR=<data> python3 bench/ingest/against_pandas.py <bench_ingest> [rounds]

Both columns: wall-clock time and processor time of one read, in milliseconds.
"""
import json
import os
import statistics
import subprocess
import sys
import time

import pandas

program = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
path = os.path.join(os.environ["EMPTOR_DATA_DIR"], "shop/online_retail.csv")


def timed(call):
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor)


def emptor():
    out = subprocess.run(
        [program, "--benchmark_filter=^orders$", "--benchmark_format=json", "--benchmark_min_time=0.01"],
        check=True, capture_output=True).stdout
    run = json.loads(out)["benchmarks"][0]
    return run["real_time"], run["cpu_time"]


runs = {"emptor: typed orders with keys": emptor,
        "pandas: read_csv(f)": lambda: timed(lambda: pandas.read_csv(path)),
        "pandas: read_csv(f, parse_dates)":
            lambda: timed(lambda: pandas.read_csv(path, parse_dates=["InvoiceDate"]))}
times = {name: [] for name in runs}
for _ in range(rounds):
    for name, run in runs.items():
        times[name].append(run())

first = None
print(f"{'median of ' + str(rounds):36}{'wall ms':>10}{'cpu ms':>10}{'wall x':>9}{'cpu x':>9}")
for name, pairs in times.items():
    wall, processor = (statistics.median(column) for column in zip(*pairs))
    first = first or (wall, processor)
    print(f"{name:36}{wall:10.1f}{processor:10.1f}{wall / first[0]:9.2f}{processor / first[1]:9.2f}")

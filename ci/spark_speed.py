"""Compares the speed of two executors of Spark with that of one, on this machine, which must be Linux with two cores.

Each executor is bound to a core, with its compiler and garbage collector, which would otherwise use the core that the
second executor gets. Two cores of a virtual machine are often two threads of one core, and then two processes do not
have twice the speed of one. So the same rows are also computed by one and by two processes of
`touchstone generate --batch-file --threads 1`, bound in the same way, in the same minutes. What Spark costs is its ratio
of the speeds, divided by that of the plain processes. Only the last round counts, in which the code is compiled. Needs
the classes that ci/spark.sh compiles, and no other load.
"""

import argparse
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 4
TASKS = 16
NEW_TOKENS = 16


def spark(executors: int, rows: int, model: list[str]) -> list[dict]:
    """What SpeedRuns prints for a cluster of this many executors."""
    classes = f"{ROOT}/target/touchstone-spark.jar:{ROOT}/target/spark/test-classes"
    command = [
        ROOT / "src/spark/spark-submit.sh",
        "--master",
        f"local-cluster[{executors},1,1024]",
    ]
    command += [
        "--driver-class-path",
        classes,
        "--class",
        "dev.touchstone.spark.SpeedRuns",
    ]
    command += [
        "target/touchstone-spark.jar",
        str(rows),
        str(TASKS),
        str(NEW_TOKENS),
        *model,
    ]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def plain(processes: int, rows: int) -> float:
    """Rows per second of the last round of this many processes, which divide the rows."""
    with ThreadPoolExecutor(processes) as pool:
        return sum(
            pool.map(
                lambda number: process(number, rows // processes), range(processes)
            )
        )


def process(number: int, rows: int) -> float:
    """Rows per second of the last round of one process."""
    file = ROOT / "target" / f"speed-{number}.jsonl"
    settings = {"max_new_tokens": NEW_TOKENS, "min_new_tokens": NEW_TOKENS}
    lines = [
        json.dumps({"prompt": f"The king and {i}", "settings": settings})
        for i in range(rows)
    ]
    file.write_text("\n".join(lines * ROUNDS) + "\n", encoding="utf-8")
    command = [
        "taskset",
        "--cpu-list",
        str(number),
        "./touchstone",
        "generate",
        "--quiet",
        "--threads",
        "1",
        "--batch-file",
        file,
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as running:
        for _ in range(rows * (ROUNDS - 1)):
            running.stdout.readline()
        begin = time.monotonic()
        running.stdout.read()
        return rows / (time.monotonic() - begin)


def print_constants(lines: list[dict]) -> None:
    """Prints the constants of the model of costs, from what SpeedRuns printed for one executor."""
    first, *rounds = lines
    last = rounds[-1]
    row = last["task_mean"] * last["tasks"] / last["rows"]
    print(f"from the start of a session to its first task: {first['first_task']:.2f} s")
    print(f"a task without work: {first['empty_task'] * 1e3:.2f} ms")
    print(f"loading the model and a first row: {first['first_row']:.2f} s")
    print(
        f"a row of {NEW_TOKENS} new tokens with compiled code: {row * 1e3:.1f} ms, {NEW_TOKENS / row:.0f} tokens/s"
    )
    print(
        f"lost in the first {last['rows']} rows: {rounds[0]['seconds'] - last['seconds']:.2f} s"
    )
    print(
        f"standard deviation of the time of a task: {last['task_deviation'] / last['task_mean']:.3f} of its mean"
    )


def compare(rows: int) -> None:
    """Prints the speeds of one and two executors, and of one and two plain processes."""
    one, two = plain(1, rows), plain(2, rows)
    print(
        f"plain processes: {one:.1f} rows/s for one, {two:.1f} for two, ratio {two / one:.2f}",
        flush=True,
    )
    lines = [spark(executors, rows, []) for executors in (1, 2)]
    runs = [printed[-1] for printed in lines]
    speeds = [run["rows_per_second"] for run in runs]
    ratio = speeds[1] / speeds[0]
    cpu = [run["cpu_seconds"] / run["rows"] * 1e3 for run in runs]
    print(
        f"executors: {speeds[0]:.1f} rows/s for one, {speeds[1]:.1f} for two, ratio {ratio:.2f}"
    )
    print(
        f"CPU time of a row: {cpu[0]:.1f} ms with one executor, {cpu[1]:.1f} ms with two"
    )
    print(
        f"ratio of the executors over that of plain processes: {ratio / (two / one):.2f}"
    )
    print_constants(lines[0])


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument(
        "--model", help="print only the constants of the model of costs, for this model"
    )
    options = parser.parse_args()
    if options.model is None:
        compare(options.rows)
    else:
        print_constants(spark(1, options.rows, [options.model]))


if __name__ == "__main__":
    main()

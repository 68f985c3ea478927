"""What reading costs without bounds: the readers in one process, file after file.

`python3 -m bench.reading_alone FILE…` prints the CPU seconds of each; importing the readers and
the model of languages is not counted. For files that are known to be honest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from atelier.bootstrap import CHECKOUT
from atelier.extract import language
from atelier.extract.tasks import done
from atelier.extract.wire import Draw, Read, Task

THUMBNAIL = 320


def cpu_alone(paths: list[Path], what: str) -> list[float]:
    """CPU seconds of each file, `read` or `draw`n small, in one fresh process."""
    command = [sys.executable, "-m", "bench.reading_alone", what, *map(str, paths)]
    told = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    seconds: list[float] = json.loads(told.stdout)
    return seconds


def main() -> None:
    """Print the seconds, as a JSON list in the order of the files."""
    with tempfile.TemporaryFile() as scratch:
        language.lay_out(scratch)
        model = language.opened(scratch)
    what, *names = sys.argv[1:]
    seconds = []
    for name in names:
        path = Path(name)
        task: Task = Read(path.name) if what == "read" else Draw(path.name, 1, THUMBNAIL)
        begun = time.process_time()
        with path.open("rb") as file:
            done(task, file, lambda pages: language.language_of(model, pages))
        seconds.append(time.process_time() - begun)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()

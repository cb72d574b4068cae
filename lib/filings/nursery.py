"""Kernels forked from one process that has the heavy packages loaded already.

Starting Python and importing pandas costs a notebook more than most of its work. On Linux the run
starts this process once and each notebook's kernel is a fork of it; elsewhere, or if it cannot be
had, kernels are started the ordinary way, with the same results.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading

from jupyter_client.provisioning import LocalProvisioner

LOADED = (
    "ipykernel.kernelapp",
    "IPython.core.completer",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "numpy",
    "pandas",
    "scipy.optimize",
)
"""What notebooks use, as far as importing it starts no thread and chooses no drawing backend."""


class Nursery:
    """The process that forks kernels, seen from the run. Ends with the run, and its kernels too."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from filings.nursery import serve; serve()", *LOADED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the run, which ends its kernels itself
            # Set before matplotlib is loaded, as in a kernel started the ordinary way.
            env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
        )

    def fork(self, connection_file: str, folder: str, environment: dict) -> "Forked":
        """A new kernel on that connection, working in that folder. Raises OSError if none comes."""
        request = json.dumps([connection_file, str(folder), environment])
        with self._lock:
            self._process.stdin.write(request + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise OSError("the process that forks kernels has ended")
        return Forked(int(answer))

    def close(self) -> None:
        """End the process; kernels still there end within a second."""
        self._process.kill()
        self._process.communicate()


class Forked:
    """A forked kernel's process, with what ``LocalProvisioner`` asks of a ``Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives. How it ended is not known: the nursery does not keep it."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        return None

    wait = poll

    def send_signal(self, number: int) -> None:
        """Send a signal; none is sent to a process that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Provisioner(LocalProvisioner):
    """Starts a kernel by a fork; jupyter_client does the rest as ever."""

    nursery: Nursery

    async def launch_kernel(self, cmd, **kwargs):
        """Fork instead of calling ``cmd``, which names the connection file after ``-f``."""
        self.cwd = kwargs["cwd"]
        self.process = self.nursery.fork(cmd[cmd.index("-f") + 1], self.cwd, kwargs["env"])
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def serve() -> None:
    """Load the packages that the command line names, then fork a kernel for each line on stdin and
    answer with its number.
    """
    for name in sys.argv[1:]:
        importlib.import_module(name)
    if pandas := sys.modules.get("pandas"):
        # Imported outside a kernel, pandas would fit printed tables to a terminal.
        pandas.set_option("display.max_columns", 20)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended kernels need no collecting
    del sys.path[0]  # the run's own folder; a kernel has the notebook's
    for request in sys.stdin:
        kernel = os.fork()
        if kernel == 0:
            _be_kernel(*json.loads(request))
        print(kernel, flush=True)


def _be_kernel(connection_file: str, folder: str, environment: dict) -> None:
    from ipykernel.kernelapp import IPKernelApp

    nursery = os.getppid()
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # the pipe to the run is not the kernel's
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [importlib.util.find_spec("ipykernel_launcher").origin, "-f", connection_file]
    IPKernelApp.launch_instance(argv=sys.argv[1:], parent_handle=nursery)
    os._exit(0)

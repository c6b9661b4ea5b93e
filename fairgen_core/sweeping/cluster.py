"""Works on a sweep's groups as Ray tasks: the same function, the folders on shared storage."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fairgen_core.errors import ConfigError, RunError
from fairgen_core.runs import machine
from fairgen_core.runs.spawning import environment
from fairgen_core.runs.sweep_plan import Group

LOCAL = "local"
"""In place of an address: a Ray head of this process's own, on this machine only."""
GPU_SHARE_VARIABLE = "FAIRGEN_RAY_GPU_SHARE"
_DEFAULT_GPU_SHARE = 0.5
_KNOCK_SECONDS = 10.0
_SETTINGS = b"\x04"
"""The type of an HTTP/2 frame, its fourth byte: what a gRPC server, as Ray's are, says first."""
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + _SETTINGS + bytes(5)
_RETRIES = 3
"""How often a group is tried again whose worker was lost."""


def run_on_ray(folder: Path, left: Sequence[Group], address: str) -> None:
    """Work on groups as Ray tasks; returns when all of them have ended.

    A task whose worker is lost is tried again: it goes on behind the members that are done.

    Args:
        folder: the sweep's, at the same path on every node.
        left: groups that are not done.
        address: as ``ray start --head`` printed it (``10.0.0.1:6379``), ``ray://host:port``, or
            ``local``.

    Raises:
        ConfigError: Ray is not installed.
        RunError: the cluster cannot be reached.
    """
    ray = _connected(address)
    try:
        gpus = ray.cluster_resources().get("GPU", 0)
        task = ray.remote(_work_on_group).options(
            num_cpus=_cpus(ray.nodes(), address),
            num_gpus=gpu_share() if gpus else 0,
            max_retries=_RETRIES,
            runtime_env={"env_vars": _environment()},
        )
        waiting = [task.remote(str(folder), group.key) for group in left]
        while waiting:
            ended, waiting = ray.wait(waiting, num_returns=1)
            _collect(ray, ended)
    finally:
        ray.shutdown()


def gpu_share() -> float:
    """The share of a GPU that a group is given where the cluster has some.

    Raises:
        ConfigError: ``FAIRGEN_RAY_GPU_SHARE`` is no number above 0.
    """
    text = os.environ.get(GPU_SHARE_VARIABLE) or str(_DEFAULT_GPU_SHARE)
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 64:
        raise ConfigError(
            f"{GPU_SHARE_VARIABLE} must be a number above 0 (0.5: two groups a GPU), and it is "
            f"'{text}'. Set it so, or unset it."
        )
    return share


def _cpus(nodes: Sequence[Mapping[str, Any]], address: str) -> int:
    """CPUs to ask for: those that a training uses, and no more than some node has.

    What no node has is waited for without end.

    Args:
        nodes: as `ray.nodes` lists them.
        address: of the cluster, for the message.

    Raises:
        RunError: no node has one.
    """
    most = max((int(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]), default=0)
    if most < 1:
        raise RunError(
            f"A node of the cluster at '{address}' must offer a CPU, and none does. Start one "
            "without '--num-cpus 0'."
        )
    return min(machine.n_threads(), most)


def _work_on_group(folder: str, key: str) -> None:
    """The task: what a process of its own does as well."""
    from fairgen_core.errors import StoppedError
    from fairgen_core.sweeping.driver import run_group

    try:
        run_group(Path(folder), key)
    except StoppedError:
        return  # Each member's status says so.


def _connected(address: str) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address == LOCAL:
        # The switch that lets Ray keep to the loopback address; read when Ray is imported.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray
    except ImportError as error:
        raise ConfigError(
            "An exploration on a cluster needs Ray, and it is not installed. Install what "
            "requirements-cluster.txt lists, on every node, or leave the address out."
        ) from error
    _see_that_it_answers(ray, address)
    where: dict[str, Any] = {"address": address}
    if address == LOCAL:
        where |= {"include_dashboard": False}
    try:
        ray.init(**where, log_to_driver=False, configure_logging=False, namespace="fairgen")
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise RunError(
            f"The address '{address}' must be that of a Ray cluster that can be joined, and Ray "
            f"cannot join it ({str(error)[:200]}). Is it a head with the same version of Ray? "
            "Where it asks for a token, start FairGen with RAY_AUTH_MODE=token and the same token."
        ) from error
    return ray


def _see_that_it_answers(ray: Any, address: str) -> None:
    """Knock at ``host:port`` first: Ray itself waits for minutes where nobody is."""
    host, mark, port = address.removeprefix("ray://").rpartition(":")
    if not mark or not port.isdigit():
        return  # 'local', 'auto'
    places = [host]
    if not address.startswith("ray://") and _is_loopback(host):
        places.append(ray.util.get_node_ip_address())  # which Ray puts in its place
    for place in places:
        try:
            with socket.create_connection((place, int(port)), timeout=_KNOCK_SECONDS) as knock:
                knock.sendall(_GREETING)
                if knock.recv(4)[3:] != _SETTINGS:
                    raise ConnectionError("something answers there that is no Ray cluster")
        except (OSError, OverflowError) as error:
            raise _silent(address if place == host else f"{place}:{port}", error) from error


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.")


def _silent(address: str, error: Exception) -> RunError:
    return RunError(
        f"A Ray cluster must answer at '{address}', and none does ({error}). Start one with "
        "'ray start --head', or use 'local'."
    )


def _collect(ray: Any, ended: Sequence[Any]) -> None:
    """Look at tasks that ended; one that was lost for good leaves its members unfinished."""
    for one in ended:
        try:
            ray.get(one)
        except ray.exceptions.RayTaskError as error:
            raise RunError(
                "A group of members should have been worked on, and its Ray task ended with an "
                f"error that is no member's own: {str(error.cause)[:300]}. Is the exploration's "
                "folder, and this FairGen with what it needs, at the same place on every node?"
            ) from error
        except ray.exceptions.RayError:
            continue


def _environment() -> dict[str, str]:
    """What a worker needs to find this code and to compute as a run on one machine does."""
    passed = {*machine.thread_environment(), "FAIRGEN_DATA", "FAIRGEN_HOME", "PYTHONPATH"}
    return {name: value for name, value in environment().items() if name in passed}

"""A fake of Amazon ECS, as far as starting tasks goes: no container runs, but every request is looked at.

What a task would run stands in ``tasks``; a test runs it, or does not, and says when it has stopped.
"""

from collections.abc import Collection
from dataclasses import dataclass

from switchboard.testing.aws.service import FakeService, Parameters, ServiceFault

ACCOUNT = "arn:aws:ecs:eu-west-1:123456789012"


@dataclass(slots=True, kw_only=True)
class FakeTask:
    """A task. ``parameters`` are those of the request that started it."""

    arn: str
    parameters: Parameters
    running: bool = True

    @property
    def command(self) -> list[str]:
        """What its first container was told to run."""
        (container, *_) = self.parameters.get("overrides", {}).get("containerOverrides", [{}])
        return list(container.get("command", []))

    @property
    def family(self) -> str:
        """The family of its definition."""
        return str(self.parameters["taskDefinition"].rpartition("/")[2].partition(":")[0])


class FakeEcs(FakeService):
    """Clusters that start tasks.

    Args:
        clusters: Names of those that there are.

    Attributes:
        tasks: All that were started, in order.
        no_room: Why no task can be placed; empty while there is room.
    """

    def __init__(self, clusters: Collection[str] = ("default",)) -> None:
        super().__init__("ecs", {"RunTask": self._run_task, "ListTasks": self._list_tasks})
        self.clusters = frozenset(clusters)
        self.tasks: list[FakeTask] = []
        self.no_room = ""
        self._tokens: dict[str, tuple[Parameters, list[FakeTask]]] = {}

    def _run_task(self, given: Parameters) -> Parameters:
        cluster = self._cluster(given)
        if given.get("launchType") == "FARGATE" and "networkConfiguration" not in given:
            raise ServiceFault("InvalidParameterException", "Network Configuration must be provided.")
        token = given.get("clientToken", "")
        if token in self._tokens:
            before, started = self._tokens[token]
            if before != given:
                raise ServiceFault("ConflictException", "The token was used for something else.")
        elif self.no_room:
            return {"tasks": [], "failures": [{"arn": f"{ACCOUNT}:cluster/{cluster}", "reason": self.no_room}]}
        else:
            started = [self._started(cluster, given) for _ in range(given.get("count", 1))]
            if token:
                self._tokens[token] = (given, started)
        return {"tasks": [self._view(task) for task in started], "failures": []}

    def _list_tasks(self, given: Parameters) -> Parameters:
        self._cluster(given)
        running = given.get("desiredStatus", "RUNNING") == "RUNNING"
        found = [
            task.arn
            for task in self.tasks
            if task.running == running
            and given.get("family", task.family) == task.family
            and given.get("startedBy", task.parameters.get("startedBy")) == task.parameters.get("startedBy")
        ]
        return {"taskArns": found[: given.get("maxResults", 100)]}

    def _cluster(self, given: Parameters) -> str:
        cluster = str(given.get("cluster", "default")).rpartition("/")[2]
        if cluster not in self.clusters:
            raise ServiceFault("ClusterNotFoundException", "Cluster not found.")
        return cluster

    def _started(self, cluster: str, given: Parameters) -> FakeTask:
        task = FakeTask(arn=f"{ACCOUNT}:task/{cluster}/{len(self.tasks):032x}", parameters=given)
        self.tasks.append(task)
        return task

    def _view(self, task: FakeTask) -> Parameters:
        return {
            "taskArn": task.arn,
            "taskDefinitionArn": f"{ACCOUNT}:task-definition/{task.family}:1",
            "lastStatus": "PROVISIONING" if task.running else "STOPPED",
            "desiredStatus": "RUNNING" if task.running else "STOPPED",
        }

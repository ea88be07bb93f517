"""C6 and the crash part of C7, through real processes: nothing overlaps, vanishes, or goes out twice unseen."""

from __future__ import annotations

import json
import os
import signal

import pytest

RACE = """
import sys, threading, time
from django.db import connections, transaction
from farol.platform.jobs import Job, plan
from farol.platform.jobs.models import Cause, Outcome, Presence, Run, Schedule
CONTROL = {control}
me = "racer-" + str(__import__("os").getpid())
Presence.objects.get_or_create(id=me, kind="command", host="test", pid=0)
job = Job("race", "Race", "0 6 * * *", lambda run: None)
if CONTROL:  # the same, with the condition taken out of the update
    def claim(job, row, holder, cause):
        if Schedule.objects.get(pk=row.pk).holder:
            return None
        time.sleep(0.002)
        Schedule.objects.filter(pk=row.pk).update(holder=holder, token=row.token + 1)
        return plan.Claim(job, row.token + 1, holder, cause, row.next_at)
else:
    claim = plan.claim
inside, most, won, lock = 0, 0, 0, threading.Lock()
barrier = threading.Barrier({threads})
def starter():
    global inside, most, won
    for _ in range({rounds}):
        barrier.wait()
        row = Schedule.objects.get(name="race")
        mine = None if row.holder else claim(job, row, me, Cause.PERSON)
        if mine:
            with lock:
                inside += 1; won += 1; most = max(most, inside)
            barrier.wait()
            with lock:
                inside -= 1
            plan.finish(mine, Outcome.DONE) or Schedule.objects.filter(name="race").update(holder="")
        else:
            barrier.wait()
        barrier.wait()
    connections.close_all()
plan.schedule_of(job)
threads = [threading.Thread(target=starter) for _ in range({threads})]
[t.start() for t in threads]; [t.join() for t in threads]
print(json.dumps({{"most": most, "won": won}}))
"""


def test_eight_starters_at_once_give_one_run(installation):
    found = installation.python(RACE.format(control=False, threads=8, rounds=50))
    assert found == {"most": 1, "won": 50}


def test_without_the_condition_they_overlap(installation):
    """Control: the test above would notice."""
    found = installation.python(RACE.format(control=True, threads=8, rounds=20))
    assert found["most"] > 1


SLOW_JOB = """
import os, sys, time
from farol.platform.jobs import Job, job as module
from farol.platform.jobs import jobs as _unused
from farol.platform.operation import worker
import farol.platform.jobs.job, farol.platform.jobs.scheduler, farol.platform.jobs.presence as presence
presence.BEAT, presence.SILENCE = 0.5, 3.0
presence.Watch.__init__.__defaults__ = (3.0,)
journal = {journal!r}
def run(run):
    with open(journal, "a") as file:
        file.write(f"begin {{os.getpid()}} {{run.token}}\\n")
    for step in range({steps}):
        time.sleep(0.1)
        run.check()
    with open(journal, "a") as file:
        file.write(f"end {{os.getpid()}} {{run.token}}\\n")
slow = Job("slow", "Slow", "0 6 1 1 *", run)
farol.platform.jobs.scheduler.jobs = lambda: {{"slow": slow}}
farol.platform.jobs.presence.log.setLevel("ERROR")
worker.work()
"""
ASK = """
from farol.platform.jobs import Job, plan
from farol.platform.jobs.models import Schedule
plan.schedule_of(Job("slow", "Slow", "0 6 1 1 *", print))
Schedule.objects.filter(name="slow").update(requested="person")
print(json.dumps(True))
"""
STATE = """
from farol.platform.jobs.models import Run, Schedule
row = Schedule.objects.get(name="slow")
runs = list(Run.objects.order_by("id").values_list("outcome", "cause"))
print(json.dumps({"holder": row.holder, "runs": runs}))
"""


@pytest.fixture
def journal(tmp_path):
    path = tmp_path / "journal.txt"
    path.touch()
    return path


def begun(journal) -> list[str]:
    return [line for line in journal.read_text().splitlines() if line.startswith("begin")]


def test_a_killed_holder_frees_the_job_and_it_runs_once_more(installation, journal, tools):
    workers = [installation.script(SLOW_JOB.format(journal=str(journal), steps=40)) for _ in range(2)]
    installation.python(ASK)
    first = tools.wait_for(lambda: begun(journal), what="a run begins")[0]
    assert len(begun(journal)) == 1
    os.kill(int(first.split()[1]), signal.SIGKILL)
    tools.wait_for(lambda: len(begun(journal)) == 2, 60, "the other worker takes over")
    tools.wait_for(lambda: "end" in journal.read_text(), 30, "it ends")
    runs = tools.wait_for(lambda: (s := installation.python(STATE))["holder"] == "" and s["runs"], 20)
    assert runs == [["lost", "person"], ["done", "retry"]]
    assert any(worker.poll() is None for worker in workers)


def test_a_stopped_holder_is_fenced_off_and_its_return_changes_nothing(installation, journal, tools):
    for _ in range(2):
        installation.script(SLOW_JOB.format(journal=str(journal), steps=40))
    installation.python(ASK)
    first = tools.wait_for(lambda: begun(journal), what="a run begins")[0]
    zombie = int(first.split()[1])
    os.kill(zombie, signal.SIGSTOP)
    tools.wait_for(lambda: len(begun(journal)) == 2, 60, "the other worker takes over")
    os.kill(zombie, signal.SIGCONT)
    tools.wait_for(lambda: "end" in journal.read_text(), 30, "it ends")
    runs = tools.wait_for(lambda: (s := installation.python(STATE))["holder"] == "" and s["runs"], 20)
    assert runs == [["lost", "person"], ["done", "retry"]]
    ends = [line for line in journal.read_text().splitlines() if line.startswith("end")]
    assert len(ends) == 1
    assert int(ends[0].split()[1]) != zombie


def test_a_worker_told_to_stop_lets_the_run_end(installation, journal, tools):
    worker = installation.script(SLOW_JOB.format(journal=str(journal), steps=20))
    installation.python(ASK)
    tools.wait_for(lambda: begun(journal), what="a run begins")
    worker.terminate()
    assert worker.wait(30) == 0
    assert "end" in journal.read_text()
    assert installation.python(STATE)["runs"] == [["done", "person"]]


SEND = """
import threading
from farol.platform.outbox import Channel
import farol.platform.outbox.channels as channels, farol.platform.outbox.delivery as delivery
import farol.platform.operation.worker as worker
import farol.platform.jobs.presence as presence, os, time
presence.BEAT, presence.SILENCE = 0.5, 3.0
presence.Watch.__init__.__defaults__ = (3.0,)
journal = {journal!r}
def deliver(message):
    with open(journal, "a") as file:
        file.write(message.key + "\\n")
    time.sleep({pause})
channel = Channel("test", deliver, repeat_safe={safe})
for module in (channels, worker, delivery):
    module.channels = lambda: {{"test": channel}}
worker.work()
"""
PUT = """
from django.db import transaction
from farol.platform.outbox import Channel, enqueue
import farol.platform.outbox.models as models
models.channels = lambda: {{"test": Channel("test", print)}}
for number in range({count}):
    with transaction.atomic():
        enqueue("test", f"k{{number}}", {{"n": number}})
        if number % 10 in (3, 6, 9):
            transaction.set_rollback(True)
print(json.dumps(True))
"""
STATES = """
from collections import Counter
from farol.platform.outbox.models import OutboxMessage
print(json.dumps(Counter(OutboxMessage.objects.values_list("state", flat=True))))
"""


def test_two_workers_deliver_each_committed_message_once(installation, journal, tools):
    for _ in range(2):
        installation.script(SEND.format(journal=str(journal), pause=0.01, safe=True))
    installation.python(PUT.format(count=100))
    tools.wait_for(lambda: installation.python(STATES) == {"done": 70}, 60)
    sent = journal.read_text().split()
    assert len(sent) == len(set(sent)) == 70


def test_kills_lose_nothing_and_make_at_most_one_twin_each(installation, journal, tools):
    installation.python(PUT.format(count=60))
    kills = 0
    for _ in range(5):
        worker = installation.script(SEND.format(journal=str(journal), pause=0.05, safe=True))
        seen = len(journal.read_text().split())
        tools.wait_for(lambda before=seen: len(journal.read_text().split()) >= before + 4, 60)
        worker.kill()
        worker.wait()
        kills += 1
    installation.script(SEND.format(journal=str(journal), pause=0, safe=True))
    tools.wait_for(lambda: installation.python(STATES) == {"done": 42}, 60)
    sent = journal.read_text().split()
    assert len(set(sent)) == 42
    assert len(sent) - 42 <= kills


def test_where_a_repeat_is_not_safe_a_person_decides(installation, journal, tools):
    installation.python(PUT.format(count=1))
    worker = installation.script(SEND.format(journal=str(journal), pause=30, safe=False))
    tools.wait_for(lambda: journal.read_text(), what="sending")
    worker.kill()
    worker.wait()
    installation.script(SEND.format(journal=str(journal), pause=0, safe=False))
    tools.wait_for(lambda: installation.python(STATES) == {"unknown": 1}, 60)
    assert journal.read_text().split() == ["k0"]


def test_jobs_command_lists_and_runs(installation):
    listed = json.loads(installation.farol("jobs", "list", "--json").stdout)
    assert {"jobs.tidy", "audit.seal"} <= {row["name"] for row in listed}
    done = installation.farol("jobs", "run", "jobs.tidy", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["outcome"] == "done"
    assert installation.farol("jobs", "run", "no.such").returncode == 1

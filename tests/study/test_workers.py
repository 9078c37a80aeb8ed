"""Which process runs which case of a sweep."""

import pytest
from study.fake_solver import fresh_memory, tell_process

from femna.resident import resident_memory
from femna.study import workers
from femna.study.workers import Task, run_tasks


@pytest.fixture
def run(tmp_path):
    """Run tasks in one worker; return the process of each, in the order of their ends."""

    def go(hoards, more=()):
        processes, waiting = [], list(more)

        def ended(outcome):
            processes.append((outcome.task.name, outcome.summary["process"]))
            return [waiting.pop(0)] if waiting else []

        run_tasks(
            [Task(f"case {k}", hoard, tmp_path) for k, hoard in enumerate(hoards)],
            jobs=1,
            solve=tell_process,
            on_start=lambda task: None,
            on_step=lambda task, event: None,
            on_outcome=ended,
        )
        return processes

    return go


def test_a_worker_whose_memory_is_flat_serves_every_case(run):
    assert len({process for _, process in run([0] * 40)}) == 1


def test_a_worker_is_replaced_when_its_memory_has_grown(run, monkeypatch):
    monkeypatch.setattr(workers, "MEMORY_GROWTH", 64.0)
    first, second, third, fourth = (process for _, process in run([200, 40, 40, 0]))
    # what the first case needs is no growth; the second case stays below the limit
    assert first == second == third
    assert fourth != third


def test_a_worker_is_replaced_after_most_cases(run, monkeypatch):
    monkeypatch.setattr(workers, "MOST_CASES", 2)
    first, second, third = (process for _, process in run([0, 0, 0]))
    assert first == second
    assert third != second


def test_what_an_outcome_asks_for_waits_behind_the_others(run, tmp_path):
    names = [name for name, _ in run([0, 0, 0], more=[Task("extra", 0, tmp_path)])]
    assert names == ["case 0", "case 1", "case 2", "extra"]


def test_resident_memory_follows_what_is_kept():
    before = resident_memory()
    kept = fresh_memory(100)
    assert resident_memory() - before == pytest.approx(len(kept) / 2**20, abs=10.0)

"""Progress shows what there is to know, and nothing where nobody watches."""

import pytest

from femna.cli.progress import (
    RunMonitor,
    SweepMonitor,
    duration,
    run_progress,
    state_text,
    sweep_progress,
)


class Screen:
    def __init__(self):
        self.text = ""

    def update(self, status):
        self.text = status


def test_a_state_shows_step_charge_voltage_and_contact():
    event = {"step": 12, "charge_mAh_cm2": 0.05, "voltage_V": 0.0123, "contact_fraction": 0.9}
    assert state_text(event) == ("step 12, charge 0.05 mAh/cm2, voltage 0.0123 V, contact 0.9000")


def test_a_state_takes_short_names_and_leaves_out_what_is_unknown():
    assert state_text({"step": 1, "voltage": 0.5, "contact": None}) == "step 1, voltage 0.5 V"


def test_a_run_shows_its_state_and_its_goal():
    screen = Screen()
    monitor = RunMonitor(screen, 0.1)
    monitor({"step": 3, "charge": 0.02})
    assert screen.text == "step 3, charge 0.02 mAh/cm2 (half cycle of 0.1 mAh/cm2)"


def test_a_sweep_shows_cases_done_time_left_and_the_running_ones():
    now = [100.0]
    screen = Screen()
    monitor = SweepMonitor(screen, clock=lambda: now[0])
    count = {"cases_done": 0, "cases_total": 4}
    monitor({"event": "start", "case": "a", **count})
    monitor({"event": "start", "case": "b", **count})
    monitor({"event": "step", "case": "b", **count, "step": 7, "contact_fraction": 0.5})
    assert screen.text.splitlines() == [
        "0 of 4 cases done",
        "  a: starting",
        "  b: step 7, contact 0.5000",
    ]
    now[0] = 130.0
    monitor({"event": "end", "case": "a", "cases_done": 1, "cases_total": 4, "status": "ok"})
    assert screen.text.splitlines() == [
        "1 of 4 cases done, about 1 min 30 s left",
        "  b: step 7, contact 0.5000",
    ]


def test_a_growing_sweep_counts_its_new_cases():
    screen = Screen()
    monitor = SweepMonitor(screen, clock=lambda: 0.0)
    monitor({"event": "end", "case": "a", "cases_done": 1, "cases_total": 1})
    monitor({"event": "start", "case": "b", "cases_done": 1, "cases_total": 2})
    assert screen.text.startswith("1 of 2 cases done")


def test_the_time_left_does_not_count_what_an_earlier_sweep_did():
    now = [0.0]
    screen = Screen()
    monitor = SweepMonitor(screen, clock=lambda: now[0])
    monitor({"event": "start", "case": "c", "cases_done": 2, "cases_total": 4})
    assert screen.text.splitlines()[0] == "2 of 4 cases done"
    now[0] = 10.0
    monitor({"event": "end", "case": "c", "cases_done": 3, "cases_total": 4})
    assert screen.text == "3 of 4 cases done, about 10 s left"


def test_an_interrupted_sweep_has_no_running_cases():
    screen = Screen()
    monitor = SweepMonitor(screen, clock=lambda: 0.0)
    monitor({"event": "start", "case": "a", "cases_done": 0, "cases_total": 2})
    monitor({"event": "interrupted", "cases_done": 0, "cases_total": 2})
    assert screen.text == "0 of 2 cases done"


@pytest.mark.parametrize(
    ("seconds", "text"), [(5.4, "5 s"), (65, "1 min 5 s"), (3700, "1 h 1 min")]
)
def test_a_time_is_short_text(seconds, text):
    assert duration(seconds) == text


def test_there_is_no_progress_without_a_terminal():
    with run_progress(None) as monitor:
        assert monitor is None
    with sweep_progress() as monitor:
        assert monitor is None

"""Jobs when many ask at once: one begins, corrections wait in line, and none is lost or carried out twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import ExplorerError
from explorer.library import Library
from explorer.library.report import Step
from explorer.server import jobs as module
from explorer.server.jobs import Jobs, Task


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture
def library_folder(tmp_path):
    Library.open(tmp_path / "library", encoder=ToyEncoder()).close()
    return tmp_path / "library"


def ended(jobs):
    for _ in range(2000):
        if not jobs.busy:
            return jobs.latest
        time.sleep(0.01)
    raise AssertionError("the job does not end")


def test_of_many_who_press_at_once_one_begins(jobs, library_folder):
    began, go_on = threading.Barrier(8), threading.Event()
    carried_out = []

    def work(library):
        carried_out.append(threading.current_thread().name)
        go_on.wait(20)
        return "done"

    def press(_):
        began.wait(10)
        return jobs.begin(library_folder, Task.REDRAW, work)

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(press, range(8)))
    assert sorted(results) == [False] * 7 + [True]
    assert not jobs.correct(library_folder, "a", work)
    go_on.set()
    job = ended(jobs)
    assert (job.number, job.done, carried_out) == (1, "done", ["redraw"])


def test_every_correction_of_many_threads_is_carried_out_once(jobs, library_folder):
    carried_out = []

    def correction(number):
        def work(library):
            carried_out.append(number)
            if number % 10 == 0:
                raise ExplorerError(f"no {number}")
            return f"made {number}"

        return jobs.correct(library_folder, f"correction {number}", work)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(correction, range(100)))
    for _ in range(2000):  # a new job begins where a correction came after the line was empty
        if len(carried_out) == 100 and not jobs.busy:
            break
        time.sleep(0.01)
    assert sorted(carried_out) == list(range(100))
    assert jobs.latest.waiting == 0


def test_what_comes_of_each_correction_in_line_is_told(jobs, library_folder):
    first = threading.Event()

    def slow(library):
        first.wait(20)
        return "a"

    def fails(library):
        raise ExplorerError("not possible")

    assert jobs.correct(library_folder, "one", slow)
    assert jobs.correct(library_folder, "two", fails)
    assert jobs.correct(library_folder, "three", lambda library: "c")
    assert jobs.latest.waiting == 3
    first.set()
    job = ended(jobs)
    assert (job.made, job.failed, job.waiting) == ({"one": "a", "three": "c"}, {"two": "not possible"}, 0)


def test_a_stop_ends_what_can_be_stopped_and_nothing_else(jobs, library_folder):
    for task, expected in ((Task.IMPORT, True), (Task.UNDO, False)):
        ready, go_on = threading.Event(), threading.Event()

        def work(library, ready=ready, go_on=go_on):
            ready.set()
            go_on.wait(20)
            jobs.progress(Step("Reading", 1, 2, 0.5))
            return "done"

        assert jobs.begin(library_folder, task, work)
        assert ready.wait(20)
        jobs.stop()
        jobs.forget()  # a running job stays
        assert jobs.busy
        go_on.set()
        assert ended(jobs).stopped is expected
    jobs.forget()
    assert jobs.latest is None


def test_a_job_that_fails_unexpectedly_says_so_and_the_next_can_begin(jobs, library_folder, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda args: None)

    def broken(library):
        raise ZeroDivisionError("by nothing")

    assert jobs.begin(library_folder, Task.BUILD, broken)
    job = ended(jobs)
    assert "ZeroDivisionError: by nothing" in job.error
    assert jobs.begin(library_folder, Task.BUILD, lambda library: "built")
    assert (ended(jobs).done, jobs.latest.number) == ("built", 2)


def test_a_correction_that_comes_while_the_library_is_being_closed_is_carried_out(jobs, tmp_path, monkeypatch):
    carried_out, opened = [], []

    @contextmanager
    def library(folder):
        opened.append(folder)
        yield folder
        if len(opened) == 1:
            assert jobs.correct(tmp_path, "late", lambda library: carried_out.append(2) or "b")

    monkeypatch.setattr(module.Library, "open", library)
    assert jobs.correct(tmp_path, "first", lambda library: carried_out.append(1) or "a")
    job = ended(jobs)
    assert (job.number, job.made, job.waiting) == (1, {"first": "a", "late": "b"}, 0)
    assert (carried_out, len(opened)) == ([1, 2], 2)

"""What the command shows of jobs."""

from darkroom_cli.jobs import row


def test_a_receipt_is_shown_as_far_as_it_goes() -> None:
    receipt = {"job_id": "1", "status": "awaiting_upload", "status_url": "/status/1"}
    assert row(receipt) == receipt


def test_a_job_is_shown_with_its_progress() -> None:
    job = {"job_id": "1", "progress": {"done": 1, "failed": 0, "total": 3}, "source": {"filename": "a.png"}}
    assert (row(job)["filename"], row(job)["done"]) == ("a.png", "1/3")

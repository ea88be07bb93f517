"""The scheduler: jobs declared by rooms, run by the worker, never two runs of one job at once."""

from farol.platform.jobs.job import Job, JobRun, LostLease

__all__ = ["Job", "JobRun", "LostLease"]

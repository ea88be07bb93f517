"""Kommo: leads, tasks, events and notes of the CRM; with its simulator. Writing into it: `writes.enqueue_…`."""

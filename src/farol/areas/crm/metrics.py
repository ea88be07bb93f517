"""What can be asked about leads, deals, stages, activities and the pipeline."""

from __future__ import annotations

from farol.areas.crm.measuring.activities import ACTIVITIES
from farol.areas.crm.measuring.deals import DEALS_MODEL
from farol.areas.crm.measuring.leads import LEADS
from farol.areas.crm.measuring.pipeline import PIPELINE
from farol.areas.crm.measuring.stages import STAGES

MODELS = [LEADS, DEALS_MODEL, STAGES, ACTIVITIES, PIPELINE]

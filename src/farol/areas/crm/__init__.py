"""The commercial area: leads, funnel, activities, sales and people, from a CRM or from files."""

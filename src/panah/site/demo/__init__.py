"""The demo fund as text: its charter, story and updates. `cli/site_demo.py` brings it to life."""

"""The parts of the demo trail: an organisation, its console pages, its people's sessions and its machines' traffic."""

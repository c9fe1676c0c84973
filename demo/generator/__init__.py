"""The parts of the demo trail: an organization, its console pages, its people's sessions and its machines' traffic."""

-- The rows of the timeline that match the filter.
FROM served.shown

-- The rows of the timeline that are asked for.
FROM served.shown

-- The server's in-memory tables for calls outside the console, created once, after setup_timeline.sql.
INSERT INTO served.programs FROM served.program_rows;

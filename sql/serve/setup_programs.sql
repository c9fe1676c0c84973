-- What the server keeps in memory of the calls that are not the console's: made once, after setup_timeline.sql.
INSERT INTO served.programs FROM served.program_rows;

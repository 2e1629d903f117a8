"""Values only: sessions, turns, messages, usage, money, queries, results. No I/O, no clock."""

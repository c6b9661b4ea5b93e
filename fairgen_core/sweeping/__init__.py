"""Works on sweeps: members by what they share, in this process, in others, or on Ray."""

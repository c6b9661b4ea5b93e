"""Small experiments whose outcome teaches something; one file each."""

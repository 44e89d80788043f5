"""A Lex V2 runtime on this machine: the service's API over HTTP, with our own code hook behind it and no account."""

"""What the agent can do: one folder per capability, in it the contract and one file per backend."""

"""The cited sets, one TOML file each."""

"""The program: commands, configuration, runs, sweeps and their records; alone in knowing Hydra."""

"""Tasks: pipelines as thin LightningModules over LightningDataModules."""

"""What a package of one's own adds to pointclip2: a module and a YAML file for each option."""

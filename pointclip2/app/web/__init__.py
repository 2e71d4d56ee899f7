"""The page of ``pointclip2 app``: drop a file, type names, see the answer; gradio, on this machine, without a network."""

"""The page of ``pointclip2 app``: drop a file, type names, see the answer; served by gradio, without a network."""

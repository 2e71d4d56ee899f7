"""Draw pictures, pages and tables of runs. Matplotlib is imported when a picture is drawn, not before."""

"""What benchmarks/study.py is made of: measuring, pages, plots, and the studies themselves."""

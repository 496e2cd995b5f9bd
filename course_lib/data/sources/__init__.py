"""Where data come from: prepared folders, Keras' cache, the network, tensorflow-datasets.

It describes a data set (`Dataset`, `PhotographSet`), finds and checks its files, and records where
arrays came from. It runs in the process that calls `load`.
"""

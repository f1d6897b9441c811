"""Runs llama.cpp's server, of the package that python/requirements-llama-cpp.txt pins, until its standard input ends.

Arguments: the GGUF file, the number of slots, the tokens of a slot, the threads. Prints the address.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))

from touchstone.llama_cpp import installed

sys.path.insert(0, str(installed()))

import xllamacpp

file, slots, tokens, threads = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = file
params.n_parallel = int(slots)
params.n_ctx = int(slots) * int(tokens)
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(threads)
params.port = 0
params.ui = False
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()

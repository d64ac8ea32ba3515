#!/usr/bin/env python3
"""The training step of test/models/big_model.mlir in PyTorch, to compare `big_model bench` with.

    pytorch_step.py --batch 64 --threads 1 --steps 100
    pytorch_step.py --batch 16,64 --device cuda --mode eager,graphs,captured

Eager mode with the fused Adam, on one batch of random data, as `bench` does; prints the median and the fastest step.
On a GPU each step is waited for; with --mode graphs torch.compile makes CUDA graphs of forward and backward pass
(`reduce-overhead`); with --mode captured the whole compiled step, optimizer too, is recorded by hand as one CUDA graph,
which is the most that can be made of it. Needs PyTorch 2.4 or later. docs/performance says what else a fair comparison takes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import json
import statistics
import time

import torch


def captured(compute):
    """The same as a replay of what it did once, on the stream of the caller."""
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(3):
            compute()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        compute()
    return graph.replay


def measure(arguments, batch, mode):
    """Milliseconds of each step."""
    linear, relu = torch.nn.Linear, torch.nn.ReLU
    model = torch.nn.Sequential(linear(1000, 500), relu(), linear(500, 100), relu(), linear(100, 10)).to(arguments.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-6, fused=True, capturable=mode == "captured")
    inputs, targets = ((torch.rand(batch, extent) * 2 - 1).to(arguments.device) for extent in (1000, 10))

    def loss():
        return torch.nn.functional.mse_loss(model(inputs), targets)

    if mode != "eager":
        loss = torch.compile(loss, mode="reduce-overhead" if mode == "graphs" else "default")

    def compute():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    if mode == "captured":
        compute = captured(compute)

    def step():
        compute()
        if arguments.device == "cuda":
            torch.cuda.synchronize()

    for _ in range(5):
        step()
    milliseconds = []
    for _ in range(arguments.steps):
        start = time.perf_counter()
        step()
        milliseconds.append((time.perf_counter() - start) * 1e3)
    return milliseconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", default="64", help="numbers of rows, e.g. 16,64")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--mode", default="eager", help="of eager, graphs, captured, e.g. eager,graphs")
    parser.add_argument("--json", action="store_true", help="print a JSON object per case, times in ms")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    for mode in arguments.mode.split(","):
        if mode not in ("eager", "graphs", "captured"):
            parser.error(f"--mode: expected eager, graphs or captured, found '{mode}'")
        for batch in map(int, arguments.batch.split(",")):
            milliseconds = measure(arguments, batch, mode)
            median, fastest = statistics.median(milliseconds), min(milliseconds)
            if arguments.json:
                print(json.dumps({"batch": batch, "mode": mode, "version": torch.__version__, "median": median,
                                  "fastest": fastest}), flush=True)
                continue
            print(f"PyTorch {torch.__version__}, big_model, batch {batch}, "
                  f"{'GPU, ' + mode if arguments.device == 'cuda' else f'{arguments.threads} threads'}: "
                  f"median {median:.4g} ms/step, fastest {fastest:.4g}", flush=True)


if __name__ == "__main__":
    main()

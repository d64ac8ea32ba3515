#!/usr/bin/env python3
"""How close are kernels to what a GPU can do? Products beside cuBLAS, everything beside the copy bandwidth, and whole
cases beside torch.compile and beside Triton written by hand (triton_kernels.py).

    benchmarks/gpu_kernels.py compile FOLDER [--build build/release] [--quick]
    benchmarks/gpu_kernels.py measure FOLDER [--steps N]

`compile` needs no GPU: it makes one program per case. `measure` runs them on the machine with the GPU, which has nothing
but a driver and Python; with PyTorch and Triton there, it also times those, on random data. It prints two tables. Times
are medians: ours of events around each launch (`bench --kernels`), the rivals' of events around each call, launched while
the GPU is busy, so that what Python needs to launch it is not in its time.

Each case is a training step whose gradient is what is to be measured, computed from inputs.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def declare_parameters(parameters):
    return "\n".join(f"  sinter.parameter @{name} : {kind} = uniform(-1, 1)" for name, kind in parameters.items())


def model(parameters, inputs, gradients, body):
    """A model whose parameters' gradients are the values `gradients` of `body`; its loss is 0.

    parameters, inputs: {name: type}; the body may use both as %name."""
    def declare(values):
        return ", ".join(f"%{name}: {kind}" for name, kind in values.items())

    def names(values):
        return ", ".join(f"%{name}" for name in values)

    everything = {**parameters, **inputs}
    # Tensors of integers have no gradient.
    results = [*zip(gradients, parameters.values()),
               *((f"%{name}", kind) for name, kind in inputs.items() if not kind.endswith("i32>"))]
    values, kinds = (", ".join(column) for column in zip(*results))
    lines = [f"module @kernel {{\n{declare_parameters(parameters)}",
              f"  func.func private @loss_of({declare(everything)}) -> tensor<f32> attributes {{sinter.vjp = @gradient}} {{",
              "    %zero = sinter.constant dense<0.0> : tensor<f32> -> tensor<f32>",
              "    return %zero : tensor<f32>", "  }",
              f"  func.func private @gradient({declare(everything)}, %cotangent: tensor<f32>) -> ({kinds}) {{",
              *(f"    {line}" for line in body), f"    return {values} : {kinds}", "  }",
              f"  sinter.model @forward({declare(inputs)}) -> tensor<f32> {{",
              *(f"    %{name} = sinter.get @{name} : {kind}" for name, kind in parameters.items()),
              f"    %l = func.call @loss_of({names(everything)}) : ({', '.join(everything.values())}) -> tensor<f32>",
              "    sinter.return %l : tensor<f32>", "  }",
              "  sinter.loss @loss(%l: tensor<f32>) -> tensor<f32> {", "    sinter.return %l : tensor<f32>", "  }"]
    return "\n".join(lines)


def tensor(*extents, element="f32"):
    return f"tensor<{'x'.join(map(str, extents))}x{element}>"


def product(layout, m, n, k, element):
    """Operands of `element` (converted first), the product rounded to it; then column sums, which use it."""
    left = (k, m) if layout[0] == "T" else (m, k)
    right = (n, k) if layout[1] == "T" else (k, n)
    body, names, kinds = [], [], []
    for name, extents in (("a", left), ("b", right)):
        kinds.append(tensor(*extents, element=element))
        names.append(f"%{name}" if element == "f32" else f"%{name}h")
        if element != "f32":
            body.append(f"%{name}h = sinter.convert %{name} : {tensor(*extents)} to {kinds[-1]}")
    contract = f"contract = [{int(layout[0] == 'N')}] x [{int(layout[1] == 'T')}]"
    body.append(f"%c = sinter.dot_general {', '.join(names)} batch = [] x [] {contract} : ({', '.join(kinds)}) -> {tensor(m, n)}")
    value = "%c"
    if element != "f32":
        body += [f"%ch = sinter.convert %c : {tensor(m, n)} to {tensor(m, n, element=element)}",
                 f"%cf = sinter.convert %ch : {tensor(m, n, element=element)} to {tensor(m, n)}"]
        value = "%cf"
    body.append(f"%s = sinter.reduce sum {value} dims = [0] : {tensor(m, n)} -> {tensor(n)}")
    return model({"w": tensor(n)}, {"a": tensor(*left), "b": tensor(*right)}, ["%s"], body)


def rows(op, m, n):
    full, row = tensor(m, n), tensor(n)
    if op == "softmax":
        body = [f"%y = sinter.softmax %x dim = 1 : {full}", f"%s = sinter.reduce sum %y dims = [0] : {full} -> {row}"]
        return model({"w": row}, {"x": full}, ["%s"], body)
    if op == "gelu":
        body = [f"%b = sinter.broadcast %v dims = [1] : {row} -> {full}", f"%s = sinter.add %x, %b : {full}",
                f"%y = sinter.gelu %s : {full}"]
        return model({"w": full}, {"x": full, "v": row}, ["%y"], body)
    raise ValueError(op)


def layer_norm(m, n):
    """Forward and backward pass, of activations that are a parameter."""
    full, row = tensor(m, n), tensor(n)
    return f"""module @kernel {{
{declare_parameters({"x": full, "g": row, "b": row})}
  func.func private @loss_of(%y: {full}) -> tensor<f32> attributes {{sinter.vjp = @gradient}} {{
    %zero = sinter.constant dense<0.0> : tensor<f32> -> tensor<f32>
    return %zero : tensor<f32>
  }}
  func.func private @gradient(%y: {full}, %cotangent: tensor<f32>) -> {full} {{
    return %y : {full}
  }}
  sinter.model @forward(%unused: tensor<1xf32>) -> tensor<f32> {{
    %x, %g, %b = sinter.get @x, @g, @b : {full}, {row}, {row}
    %y = sinter.layer_norm %x, %g, %b : {full}, {row}
    %l = func.call @loss_of(%y) : ({full}) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }}
  sinter.loss @loss(%l: tensor<f32>) -> tensor<f32> {{
    sinter.return %l : tensor<f32>
  }}"""


def cross_entropy(m, n):
    full = tensor(m, n)
    return f"""module @kernel {{
{declare_parameters({"x": full})}
  sinter.model @forward(%unused: tensor<1xf32>) -> {full} {{
    %x = sinter.get @x : {full}
    sinter.return %x : {full}
  }}
  sinter.loss @loss(%x: {full}, %class: tensor<{m}xi32>) -> tensor<f32> {{
    %l = sinter.cross_entropy %x, %class : ({full}, tensor<{m}xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }}"""


def adam(elements):
    kind = tensor(elements)
    return model({"w": kind}, {"g": kind}, ["%g"], [])


def finish(text, optimizer="sgd"):
    return f"{text}\n  sinter.optimizer {optimizer}\n}}\n"


def cases(quick):
    """(name, text, options)"""
    products = [("NT", 256, 256, 256, "bf16")] if quick else [
        *((layout, 8192, 8192, 8192, "bf16") for layout in ("NT", "NN", "TN")),
        *((layout, 4096, 4096, 4096, "bf16") for layout in ("NT", "NN", "TN")),
        ("NT", 2048, 2048, 2048, "bf16"), ("NT", 1024, 1024, 1024, "bf16"),
        *((layout, 4100, 4100, 4100, "bf16") for layout in ("NT", "TN")), ("NT", 8192, 50257, 1024, "bf16"),
        ("NT", 16384, 1536, 384, "bf16"), ("NT", 8192, 8192, 8192, "f16"),
        *((layout, 4096, 4096, 4096, "tf32") for layout in ("NT", "NN", "TN")),
        ("NT", 4096, 4096, 4096, "f32"), ("TN", 4096, 4096, 4096, "f32")]
    for layout, m, n, k, element in products:
        tf32 = element == "tf32"
        yield (f"product-{layout}-{m}x{n}x{k}-{element}", finish(product(layout, m, n, k, "f32" if tf32 else element)),
               ["--gpu-f32=tf32"] if tf32 else [])
    m, n = (64, 128) if quick else (65536, 1024)
    yield f"softmax-{m}x{n}", finish(rows("softmax", m, n)), []
    yield f"gelu-{m}x{n}", finish(rows("gelu", m, n)), []
    yield f"layer_norm-{m}x{n}", finish(layer_norm(m, n)), []
    yield f"cross_entropy-{m}x{n}", finish(cross_entropy(m, n)), []
    for m_long, n_long in () if quick else ((8, 50001), (4096, 50001)):  # rows of clusters on Hopper
        yield f"cross_entropy-{m_long}x{n_long}", finish(cross_entropy(m_long, n_long)), []
    yield f"adam-{m * n}", finish(adam(m * n), "adam"), []


def compile_cases(folder, build, quick):
    folder.mkdir(parents=True)
    for name, text, options in cases(quick):
        (folder / f"{name}.mlir").write_text(text)
        subprocess.run([build / "bin" / "sinterc", folder / f"{name}.mlir", "--target=nvptx", "--gpu=sm_80,sm_90a",
                        "--target-cpu=x86-64-v3", "--no-fuse=launches", "--quiet", "-o", folder / name, *options], check=True)


class Rivals:
    """Times of a copy, of cuBLAS, PyTorch and Triton, in seconds."""

    def __init__(self, rounds):
        import torch
        if not torch.cuda.is_available():
            raise ImportError("no GPU")
        self.torch, self.rounds = torch, rounds
        self.name = f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}"
        try:
            import triton
            import triton_kernels
            self.triton = triton_kernels
            self.name += f", Triton {triton.__version__}"
        except ImportError:
            self.triton = None

    def median(self, call):
        """Of single calls, as ours are measured. Each waits behind a busy GPU while Python launches it."""
        cuda, seconds = self.torch.cuda, []
        for number in range(self.rounds + 3):
            begin, end = cuda.Event(enable_timing=True), cuda.Event(enable_timing=True)
            cuda._sleep(1_000_000)
            begin.record()
            call()
            end.record()
            cuda.synchronize()
            if number >= 3:  # the first ones compile, tune and take memory
                seconds.append(begin.elapsed_time(end) * 1e-3)
        return statistics.median(seconds)

    def by_hand(self, kind, *arguments):
        """Of the Triton kernel `kind`; nothing without Triton or if it fails, which is reported."""
        try:
            return self.triton and self.triton.fastest(getattr(self.triton, kind)(*arguments), self.median)
        except Exception as error:  # whatever Triton's compiler raises
            print(f"error: Triton's {kind} {arguments}: {error}", file=sys.stderr)
            return None

    def copy_bandwidth(self):
        source = self.torch.rand(1 << 29, device="cuda")
        target = self.torch.empty_like(source)
        return 2 * source.nbytes / self.median(lambda: target.copy_(source))

    def product(self, layout, m, n, k, element):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = element == "tf32"
        kind = {"bf16": torch.bfloat16, "f16": torch.float16}.get(element, torch.float32)
        def operand(rows, columns, transposed):
            shape = (columns, rows) if transposed else (rows, columns)
            stored = (torch.rand(shape, device="cuda") * 2 - 1).to(kind)
            return stored.t() if transposed else stored
        a, b = operand(m, k, layout[0] == "T"), operand(k, n, layout[1] == "T")
        c = torch.empty((m, n), device="cuda", dtype=kind)
        return self.median(lambda: torch.mm(a, b, out=c))

    def case(self, kind, m, n=1):
        """The same step as the case of this name, compiled."""
        torch, functional = self.torch, self.torch.nn.functional
        rate = 1e-6
        def random(*shape):
            return torch.rand(shape, device="cuda") * 2 - 1
        if kind == "adam":
            weight = random(m).requires_grad_()
            weight.grad = random(m)
            return torch.optim.Adam([weight], lr=rate, fused=True, capturable=True).step
        x, w, v = random(m, n), random(m, n), random(n)
        labels = torch.randint(n, (m,), device="cuda")

        def softmax():
            v.sub_(rate * torch.softmax(x, 1).sum(0))

        def gelu():
            w.sub_(rate * functional.gelu(x + v))

        def layer_norm(gamma=random(n), beta=random(n)):
            y, mean, scale = torch.native_layer_norm(x, [n], gamma, beta, 1e-5)
            gradients = torch.ops.aten.native_layer_norm_backward(y, x, [n], mean, scale, gamma, beta, [True] * 3)
            for parameter, gradient in zip((x, gamma, beta), gradients):
                parameter.sub_(rate * gradient)

        def cross_entropy():
            probabilities = torch.softmax(x, 1)
            loss = -torch.log(probabilities.gather(1, labels[:, None])).mean()
            gradient = probabilities.scatter_add(1, labels[:, None], torch.full_like(labels[:, None], -1.0, dtype=x.dtype))
            x.sub_(rate / m * gradient)
            return loss

        return torch.compile({"softmax": softmax, "gelu": gelu, "layer_norm": layer_norm, "cross_entropy": cross_entropy}[kind])


def ratio(rival, seconds):
    return [f"{rival * 1e3:.4f}", f"{rival / seconds:.2f}"] if rival else ["-", "-"]


def measure(folder, steps):
    try:
        rivals = Rivals(steps)
    except ImportError as error:
        rivals = None
        print(f"Without PyTorch ({error}).\n")
    copy = rivals.copy_bandwidth() if rivals else None
    if rivals:
        print(f"{rivals.name}; a copy moves {copy / 1e9:.0f} GB/s.\n")
    print("| case | kernel | ms | TFLOP/s | GB/s | of a copy | cuBLAS, ms | cuBLAS / ours | Triton, ms | Triton / ours |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    failed, totals = 0, []
    for path in sorted(folder.glob("*.mlir")):
        name = path.stem
        run = subprocess.run([path.with_suffix(""), "bench", "--device=gpu", "--kernels", "--json", f"--steps={steps}",
                              "--steps-per-launch=1"], capture_output=True, text=True, check=False)
        if run.returncode:
            failed += 1
            print(f"| {name} | FAILED: {run.stderr.strip()[:200]} | | | | | | | | |")
            continue
        kind, *parts = name.split("-")
        # A launch before the product that packs its operands is part of what the product takes: look at `pack`, too.
        kernels = sorted(json.loads(run.stdout)["kernels"], key=lambda kernel: -kernel["seconds"])
        totals.append((name, sum(kernel["seconds"] for kernel in kernels if kernel["bytes"] >= 1000)))
        for kernel in kernels[:3]:
            seconds = kernel["seconds"]
            if seconds <= 0 or kernel["bytes"] < 1000:
                continue
            cells = [name, kernel["name"], f"{seconds * 1e3:.4f}", f"{kernel['flops'] / seconds / 1e12:.1f}",
                     f"{kernel['bytes'] / seconds / 1e9:.0f}", f"{kernel['bytes'] / seconds / copy:.2f}" if copy else "-"]
            if rivals and kind == "product" and kernel["name"].startswith("dot"):
                what = parts[0], *map(int, parts[1].split("x")), parts[2]
                cells += ratio(rivals.product(*what), seconds) + ratio(rivals.by_hand("product", *what), seconds)
            else:
                cells += [""] * 4
            print("| " + " | ".join(cells) + " |", flush=True)
    if rivals:
        print("\n| whole case | ours, ms | torch.compile, ms | torch / ours | Triton, ms | Triton / ours |\n|---|--:|--:|--:|--:|--:|")
    for name, seconds in totals if rivals else []:
        kind, *parts = name.split("-")
        if kind != "product":
            extents = [int(extent) for extent in parts[0].split("x")]
            print("| " + " | ".join([name, f"{seconds * 1e3:.4f}", *ratio(rivals.median(rivals.case(kind, *extents)), seconds),
                                     *ratio(rivals.by_hand(kind, *extents), seconds)]) + " |", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("compile", "measure"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="small cases, to try it")
    arguments = parser.parse_args()
    if arguments.action == "compile":
        if arguments.folder.exists():
            sys.exit(f"error: '{arguments.folder}' exists: expected a folder that can be made anew")
        compile_cases(arguments.folder, arguments.build, arguments.quick)
        return 0
    if not arguments.folder.is_dir():
        sys.exit(f"error: '{arguments.folder}' is not there: make it with `compile`")
    return int(measure(arguments.folder, arguments.steps) > 0)


if __name__ == "__main__":
    sys.exit(main())

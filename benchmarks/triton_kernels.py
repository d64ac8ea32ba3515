"""What gpu_kernels.py measures, written by hand in Triton: one pass over the rows where one is possible, column sums
begun in registers, the update in the same kernel. Each of them is compared with PyTorch before it is timed.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import torch
import triton
import triton.language as tl

RATE = 1e-6
EPSILON = 1e-5


@triton.jit
def softmax_kernel(x, partial, m, n: tl.constexpr, tile: tl.constexpr, block: tl.constexpr, stages: tl.constexpr):
    columns = tl.arange(0, block)
    sums = tl.zeros([block], tl.float32)
    for first in tl.range(tl.program_id(0) * tile, m, tl.num_programs(0) * tile, num_stages=stages):
        rows = first + tl.arange(0, tile)
        mask = (rows < m)[:, None] & (columns < n)[None, :]
        value = tl.load(x + rows[:, None] * n + columns[None, :], mask, -float("inf"))
        value = tl.exp(value - tl.max(value, 1)[:, None])
        sums += tl.sum(tl.where(mask, value / tl.sum(value, 1)[:, None], 0.0), 0)
    tl.store(partial + tl.program_id(0) * n + columns, sums, columns < n)


@triton.jit
def sums_kernel(partial, parameter, rate, parts, n, block: tl.constexpr, tile: tl.constexpr):
    columns = tl.program_id(0) * block + tl.arange(0, block)
    sums = tl.zeros([tile, block], tl.float32)
    for first in range(0, parts, tile):
        rows = first + tl.arange(0, tile)
        sums += tl.load(partial + rows[:, None] * n + columns[None, :], (rows < parts)[:, None] & (columns < n)[None, :], 0.0)
    value = tl.load(parameter + columns, columns < n)
    tl.store(parameter + columns, value - rate * tl.sum(sums, 0), columns < n)


@triton.jit
def gelu_kernel(x, v, w, rate, count, n: tl.constexpr, block: tl.constexpr):
    at = tl.program_id(0) * block + tl.arange(0, block)
    inside = at < count
    value = tl.load(x + at, inside) + tl.load(v + at % n, inside)
    value = 0.5 * value * (1.0 + tl.erf(value * 0.7071067811865476))
    tl.store(w + at, tl.load(w + at, inside) - rate * value, inside)


@triton.jit
def layer_norm_kernel(x, gamma, beta, partial, rate, epsilon, m, n: tl.constexpr, tile: tl.constexpr, block: tl.constexpr,
                      stages: tl.constexpr):
    columns = tl.arange(0, block)
    inside = columns < n
    scale, shift = tl.load(gamma + columns, inside, 0.0), tl.load(beta + columns, inside, 0.0)
    dgamma, dbeta = tl.zeros([block], tl.float32), tl.zeros([block], tl.float32)
    for first in tl.range(tl.program_id(0) * tile, m, tl.num_programs(0) * tile, num_stages=stages):
        rows = first + tl.arange(0, tile)
        mask = (rows < m)[:, None] & inside[None, :]
        at = x + rows[:, None] * n + columns[None, :]
        value = tl.load(at, mask, 0.0)
        centred = tl.where(mask, value - (tl.sum(value, 1) / n)[:, None], 0.0)
        inverse = tl.rsqrt(tl.sum(centred * centred, 1) / n + epsilon)
        normal = centred * inverse[:, None]
        dy = normal * scale[None, :] + shift[None, :]  # the gradient is the result
        dy = tl.where(mask, dy, 0.0)
        dgamma += tl.sum(dy * normal, 0)
        dbeta += tl.sum(dy, 0)
        dnormal = dy * scale[None, :]
        mean, slope = tl.sum(dnormal, 1) / n, tl.sum(dnormal * normal, 1) / n
        gradient = (dnormal - mean[:, None] - normal * slope[:, None]) * inverse[:, None]
        tl.store(at, value - rate * gradient, mask)
    row = partial + tl.program_id(0) * 2 * n + columns
    tl.store(row, dgamma, inside)
    tl.store(row + n, dbeta, inside)


@triton.jit
def cross_entropy_kernel(x, labels, losses, rate, m, n: tl.constexpr, tile: tl.constexpr, block: tl.constexpr, stages: tl.constexpr):
    columns = tl.arange(0, block)
    for first in tl.range(tl.program_id(0) * tile, m, tl.num_programs(0) * tile, num_stages=stages):
        rows = first + tl.arange(0, tile)
        mask = (rows < m)[:, None] & (columns < n)[None, :]
        at = x + rows[:, None] * n + columns[None, :]
        value = tl.load(at, mask, -float("inf"))
        label = tl.load(labels + rows, rows < m, 0)
        chosen = columns[None, :] == label[:, None]
        highest = tl.max(value, 1)
        power = tl.exp(value - highest[:, None])
        total = tl.sum(power, 1)
        tl.store(losses + rows, tl.log(total) + highest - tl.sum(tl.where(chosen, value, 0.0), 1), rows < m)
        gradient = power / total[:, None] - tl.where(chosen, 1.0, 0.0)
        tl.store(at, value - rate / m * gradient, mask)


@triton.jit
def adam_kernel(weight, gradient, first, second, rate, correction1, correction2, count, block: tl.constexpr):
    at = tl.program_id(0) * block + tl.arange(0, block)
    inside = at < count
    slope = tl.load(gradient + at, inside)
    mean = 0.9 * tl.load(first + at, inside) + 0.1 * slope
    square = 0.999 * tl.load(second + at, inside) + 0.001 * slope * slope
    step = rate * (mean / correction1) / (tl.sqrt(square / correction2) + 1e-8)
    tl.store(weight + at, tl.load(weight + at, inside) - step, inside)
    tl.store(first + at, mean, inside)
    tl.store(second + at, square, inside)


@triton.jit
def product_kernel(a, b, c, m, n, k, am, ak, bk, bn, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, group: tl.constexpr,
                   tf32: tl.constexpr):
    """Tiles in groups of rows, so that blocks under way share operands in the second-level cache."""
    across, down = tl.cdiv(n, BN), tl.cdiv(m, BM)
    per_group = group * across
    begin = tl.program_id(0) // per_group * group
    height = min(down - begin, group)
    row, column = begin + tl.program_id(0) % per_group % height, tl.program_id(0) % per_group // height
    rows, columns, steps = (row * BM + tl.arange(0, BM)) % m, (column * BN + tl.arange(0, BN)) % n, tl.arange(0, BK)
    at_a, at_b = a + rows[:, None] * am + steps[None, :] * ak, b + steps[:, None] * bk + columns[None, :] * bn
    sums = tl.zeros([BM, BN], tl.float32)
    for done in range(0, k, BK):
        left = tl.load(at_a, steps[None, :] < k - done, 0.0)
        right = tl.load(at_b, steps[:, None] < k - done, 0.0)
        sums = tl.dot(left, right, sums, input_precision="tf32" if tf32 else "ieee")
        at_a += BK * ak
        at_b += BK * bk
    rows, columns = row * BM + tl.arange(0, BM), column * BN + tl.arange(0, BN)
    tl.store(c + rows[:, None] * n + columns[None, :], sums.to(c.dtype.element_ty), (rows < m)[:, None] & (columns < n)[None, :])


def random(*shape, kind=torch.float32):
    return (torch.rand(shape, device="cuda") * 2 - 1).to(kind)


def multiprocessors():
    return torch.cuda.get_device_properties(0).multi_processor_count


def compare(name, found, expected, tolerance=1e-4):
    error = ((found.float() - expected.float()).norm() / expected.float().norm()).item()
    if not error <= tolerance:
        raise ValueError(f"Triton's {name} differs from PyTorch's by {error:.1e}, limit {tolerance:g}")


def product(layout, m, n, k, element):
    """(call, check) for each candidate. Operands are stored as the layout says."""
    kind = {"bf16": torch.bfloat16, "f16": torch.float16}.get(element, torch.float32)
    a = random(k, m, kind=kind).t() if layout[0] == "T" else random(m, k, kind=kind)
    b = random(n, k, kind=kind).t() if layout[1] == "T" else random(k, n, kind=kind)
    c = torch.empty((m, n), device="cuda", dtype=kind)
    tiles = {"f32": [(64, 64, 16, 4, 3), (128, 64, 16, 4, 3)], "tf32": [(128, 128, 32, 8, 4), (128, 256, 32, 8, 3)]}

    def candidate(BM, BN, BK, warps, stages):
        def call():
            product_kernel[(triton.cdiv(m, BM) * triton.cdiv(n, BN),)](
                a, b, c, m, n, k, *a.stride(), *b.stride(), BM, BN, BK, 8, element == "tf32", num_warps=warps, num_stages=stages)

        def check():
            torch.backends.cuda.matmul.allow_tf32 = element == "tf32"
            call()
            compare(f"product {layout}", c, torch.mm(a, b), 1e-5 if element == "f32" else 1e-2)
        return call, check
    return [candidate(*tile) for tile in tiles.get(element, [(128, 256, 64, 8, 3), (128, 128, 64, 4, 4), (128, 256, 64, 8, 4)])]


def adam(count):
    weight, gradient, first, second = random(count), random(count), random(count), random(count).square()

    def candidate(block, warps):
        def call(rate=RATE):
            adam_kernel[(triton.cdiv(count, block),)](weight, gradient, first, second, rate, 0.1, 0.001, count, block, num_warps=warps)

        def check():
            mean, square = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient.square()
            expected = weight - (mean / 0.1) / ((square / 0.001).sqrt() + 1e-8)
            call(1.0)
            compare("adam", weight, expected)
        return call, check
    return [candidate(1024, 4), candidate(2048, 8)]


def gelu(m, n):
    x, w, v = random(m, n), random(m, n), random(n)

    def candidate(block, warps):
        def call(rate=RATE):
            gelu_kernel[(triton.cdiv(m * n, block),)](x, v, w, rate, m * n, n, block, num_warps=warps)

        def check():
            expected = w - torch.nn.functional.gelu(x + v)
            call(1.0)
            compare("gelu", w, expected)
        return call, check
    return [candidate(1024, 4), candidate(2048, 8)]


def sum_up(partial, parameter, rate):
    parts, size = partial.shape
    sums_kernel[(triton.cdiv(size, 32),)](partial, parameter, rate, parts, size, 32, 64)


def softmax(m, n):
    x, v = random(m, n), random(n)

    def candidate(tile, blocks, stages, warps):
        partial = torch.empty((blocks, n), device="cuda")

        def call(rate=RATE):
            softmax_kernel[(blocks,)](x, partial, m, n, tile, triton.next_power_of_2(n), stages, num_warps=warps)
            sum_up(partial, v, rate)

        def check():
            expected = v - torch.softmax(x, 1).sum(0)
            call(1.0)
            compare("softmax", v, expected)
        return call, check
    return [candidate(*numbers) for numbers in row_candidates(m)]


def layer_norm(m, n):
    x, parameters = random(m, n), random(2 * n)

    def candidate(tile, blocks, stages, warps):
        partial = torch.empty((blocks, 2 * n), device="cuda")

        def call(rate=RATE):
            layer_norm_kernel[(blocks,)](x, parameters, parameters[n:], partial, rate, EPSILON, m, n, tile,
                                         triton.next_power_of_2(n), stages, num_warps=warps)
            sum_up(partial, parameters, rate)

        def check():
            values = [tensor.clone().requires_grad_() for tensor in (x, parameters[:n], parameters[n:])]
            y = torch.nn.functional.layer_norm(values[0], [n], *values[1:], EPSILON)
            gradients = torch.autograd.grad(y, values, y.detach())
            expected = [value.detach() - gradient for value, gradient in zip(values, gradients)]
            call(1.0)
            compare("layer norm, activations", x, expected[0])
            compare("layer norm, parameters", parameters, torch.cat(expected[1:]))
            x.uniform_(-1, 1)
            parameters.uniform_(-1, 1)
        return call, check
    return [candidate(*numbers) for numbers in row_candidates(m)]


def cross_entropy(m, n):
    x, losses = random(m, n), torch.empty(m, device="cuda")
    labels = torch.randint(n, (m,), device="cuda", dtype=torch.int32)

    def candidate(tile, blocks, stages, warps):
        def call(rate=RATE):
            cross_entropy_kernel[(blocks,)](x, labels, losses, rate, m, n, tile, triton.next_power_of_2(n), stages, num_warps=warps)

        def check():
            value = x.clone().requires_grad_()
            expected = torch.nn.functional.cross_entropy(value, labels.long(), reduction="none")
            (gradient,) = torch.autograd.grad(expected.mean(), value)
            call(float(m))
            compare("cross-entropy, losses", losses, expected.detach())
            compare("cross-entropy, logits", x, value.detach() - m * gradient)
        return call, check
    return [candidate(*numbers) for numbers in row_candidates(m)]


def row_candidates(m):
    """(rows at a time, blocks, stages, warps)"""
    processors = torch.cuda.get_device_properties(0).multi_processor_count
    return [(tile, min(processors * share, triton.cdiv(m, tile)), stages, warps)
            for tile, share, stages, warps in ((1, 8, 3, 4), (1, 4, 4, 8), (2, 4, 3, 8), (4, 2, 2, 8))]


def fastest(candidates, median):
    """Seconds of the fastest candidate. Each is checked first; one that asks for more than a multiprocessor has is left out."""
    seconds = []
    for call, check in candidates:
        try:
            check()
        except triton.runtime.errors.OutOfResources:
            continue
        seconds.append(median(call))
    return min(seconds)

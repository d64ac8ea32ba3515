#!/usr/bin/env python3
"""Are emitted contraction kernels right, for any shape, layout, prologues, epilogue, sums of columns and number of rows?

Writes random cases as `sinter.kernel`s, emits them with sinter-opt, adds plain loops that compute the same in double
precision, and runs both with mlir-runner: one to three work items per call, in descending order. Prints the worst error of each case.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

LOWERING = ("--canonicalize --cse --lower-affine --convert-scf-to-cf --expand-strided-metadata "
            "--lower-affine --canonicalize --convert-vector-to-llvm --convert-math-to-llvm --convert-math-to-libm "
            "--finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm "
            "--convert-index-to-llvm --convert-ub-to-llvm --reconcile-unrealized-casts")

HELPERS = """
func.func private @printF64(f64)
func.func private @printI64(i64)
func.func private @printNewline()
func.func private @printComma()
func.func @random(%i: index, %seed: index) -> f64 {
  %a = arith.constant 2654435761 : index
  %m = arith.constant 4294967295 : index
  %c13 = arith.constant 13 : index
  %big = arith.constant 40503 : index
  %x0 = arith.addi %i, %seed : index
  %x1 = arith.muli %x0, %a : index
  %x2 = arith.andi %x1, %m : index
  %x3 = arith.shrui %x2, %c13 : index
  %x4 = arith.xori %x2, %x3 : index
  %x5 = arith.muli %x4, %big : index
  %x6 = arith.andi %x5, %m : index
  %w = arith.index_cast %x6 : index to i64
  %f = arith.uitofp %w : i64 to f64
  %s = arith.constant 2.3283064365386963e-10 : f64
  %h = arith.constant 0.5 : f64
  %u = arith.mulf %f, %s : f64
  %r = arith.subf %u, %h : f64
  return %r : f64
}
"""

# name -> (operands as (kind, role), region body, yielded). Kinds: dims of the operand in terms of the result's dims
# ("full", "last", "first", "scalar"). %acc is the contraction's value, %o0.. the operands; {t} the element type.
EPILOGUES = {
    "none": ([], "", ["%acc"]),
    "bias_relu": ([("last", "in")], """
      %zero = arith.constant 0.0 : {t}
      %s = arith.addf %acc, %o0 : {t}
      %r = arith.maximumf %s, %zero : {t}""", ["%r"]),
    "bias_tanh": ([("last", "in")], """
      %s = arith.addf %acc, %o0 : {t}
      %r = math.tanh %s : {t}""", ["%r"]),
    "mask": ([("full", "in")], """
      %zero = arith.constant 0.0 : {t}
      %c = arith.cmpf ogt, %o0, %zero : {t}
      %r = arith.select %c, %acc, %zero : {t}""", ["%r"]),
    "scale_residual_two": ([("scalar", "in"), ("first", "in"), ("full", "in")], """
      %s = arith.mulf %acc, %o0 : {t}
      %a = arith.addf %s, %o1 : {t}
      %r = arith.addf %a, %o2 : {t}""", ["%r", "%s"]),
    "transposed": ([("reversed", "in")], """
      %r = arith.subf %acc, %o0 : {t}""", ["%r"]),
    "sgd": ([("full", "out"), ("scalar", "in")], """
      %d = arith.mulf %acc, %o1 : {t}
      %r = arith.subf %o0, %d : {t}""", ["%r"]),
    "adam": ([("full", "out"), ("full", "out"), ("scalar", "in")], """
      %beta = arith.constant 0.9 : {t}
      %obeta = arith.constant 0.1 : {t}
      %eps = arith.constant 0.1 : {t}
      %t0 = arith.mulf %acc, %obeta : {t}
      %t1 = arith.mulf %o1, %beta : {t}
      %m1 = arith.addf %t0, %t1 : {t}
      %aa = math.absf %m1 : {t}
      %de = arith.addf %aa, %eps : {t}
      %nu = arith.mulf %o2, %m1 : {t}
      %q = arith.divf %nu, %de : {t}
      %r = arith.subf %o0, %q : {t}""", ["%r", "%m1"]),
    "index": ([], """
      %i = linalg.index {last} : index
      %j = linalg.index 0 : index
      %ij = arith.addi %i, %j : index
      %i1 = arith.constant 1 : index
      %bit = arith.andi %ij, %i1 : index
      %i0 = arith.constant 0 : index
      %even = arith.cmpi eq, %bit, %i0 : index
      %two = arith.constant 2.0 : {t}
      %d = arith.mulf %acc, %two : {t}
      %r = arith.select %even, %d, %acc : {t}""", ["%r"]),
    "predicate": ([], """
      %zero = arith.constant 0.0 : {t}
      %r = arith.maximumf %acc, %zero : {t}
      %p = arith.cmpf ogt, %acc, %zero : {t}""", ["%r", "%p"]),
}


# What is multiplied of an operand, of f32: name -> (region body from %v, and %f of a smaller tensor; what it yields).
# Zeros do not stay zeros, so that lanes without elements would be noticed.
PROLOGUES = {
    "shifted": ("""
        %pc = arith.constant 0.25 : f32
        %pr = arith.addf %v, %pc : f32""", "f32"),
    "scaled": ("""
        %ps = arith.mulf %v, %f : f32
        %pr = arith.subf %ps, %f : f32""", "f32"),
    "rounded": ("""
        %pr = arith.truncf %v : f32 to bf16""", "bf16"),
    "rounded_scaled": ("""
        %ps = arith.mulf %v, %f : f32
        %pd = arith.subf %f, %ps : f32
        %pr = arith.truncf %pd : f32 to bf16""", "bf16"),
}


class Case:
    """result[batch, m, n] = sum over k of lhs * rhs, then an epilogue. A dim is (group, extent); extent None: the batch.
    An operand may be stored as bf16, or be made by a prologue. With rows_per_part, columns of the first result are added
    up over parts of so many rows: the parts are one more dim, of group "p"."""

    def __init__(self, number, dims, lhs_order, rhs_order, epilogue, element, sides=("", ""), factors=((), ()),
                 rows_per_part=0):
        self.number, self.dims, self.epilogue, self.t = number, dims, epilogue, element
        self.rows_per_part = rows_per_part
        self.sides, self.factors = sides, factors  # per operand: "", "bf16" or a prologue; loops of the smaller tensor
        self.orders = [lhs_order, rhs_order]  # lists of loop numbers
        self.parallel = [i for i, (g, _) in enumerate(dims) if g not in "kp"]
        self.loops = [i for i, (g, _) in enumerate(dims) if g != "p"]

    def type(self, loops, element=None):
        extents = "".join(("?" if self.dims[l][1] is None else str(self.dims[l][1])) + "x" for l in loops)
        return f"tensor<{extents}{element or self.t}>"

    def memref(self, loops, batch, element=None):
        extents = "".join(str(self.dims[l][1] or batch) + "x" for l in loops)
        return f"memref<{extents}{element or self.t}>"

    def operand_loops(self, kind):
        p = self.parallel
        return {"full": p, "last": p[-1:], "first": p[:1], "scalar": [], "reversed": p[::-1]}[kind]

    def operands(self):
        """(loops, role, element) of all kernel operands: lhs, rhs, epilogue inputs, outs."""
        kinds, _, yielded = EPILOGUES[self.epilogue]
        ins = [(order, "in", "bf16" if side == "bf16" else self.t) for order, side in zip(self.orders, self.sides)]
        ins += [(self.operand_loops(k), "in", self.t) for k, role in kinds if role == "in"]
        ins += [(list(self.factors[i]), "in", self.t) for i in (0, 1) if "scaled" in self.sides[i]]
        outs = [(self.parallel, "out", "i1" if y == "%p" else self.t) for y in yielded]
        if self.rows_per_part:
            outs.append(([len(self.dims) - 1, self.parallel[1]], "out", self.t))
        return ins, outs

    def factor_input(self, i):
        """Number of the kernel's operand that scales operand i."""
        ins, _ = self.operands()
        return len(ins) - (sum("scaled" in side for side in self.sides[i:]))

    def prologue(self, i, types_in):
        """The generic that makes operand i, and its name and element type."""
        side, order = self.sides[i], self.orders[i]
        if side not in PROLOGUES:
            return "", f"%b{i}", "bf16" if side == "bf16" else self.t
        body, element = PROLOGUES[side]
        text, sizes = "", []
        for l in order:
            if self.dims[l][1] is None:
                text += (f"      %pat{i}_{l} = arith.constant {order.index(l)} : index\n"
                         f"      %pn{i}_{l} = tensor.dim %b{i}, %pat{i}_{l} : {types_in[i]}\n")
                sizes.append(f"%pn{i}_{l}")
        maps, operands, types, block = [self.map(order, order)], [f"%b{i}"], [types_in[i]], ["%v: f32"]
        if "scaled" in side:
            n = self.factor_input(i)
            maps.append(self.map(list(self.factors[i]), order))
            operands.append(f"%b{n}")
            types.append(types_in[n])
            block.append("%f: f32")
        result = self.type(order, element)
        iterators = ", ".join(['"parallel"'] * len(order))
        text += f"""      %pe{i} = tensor.empty({", ".join(sizes)}) : {result}
      %pro{i} = linalg.generic {{indexing_maps = [{", ".join(maps + [self.map(order, order)])}], iterator_types = [{iterators}]}}
          ins({", ".join(operands)} : {", ".join(types)}) outs(%pe{i} : {result}) {{
      ^bb0({", ".join(block)}, %old: {element}):{body}
        linalg.yield %pr : {element}
      }} -> {result}
"""
        return text, f"%pro{i}", element

    def map(self, loops, of):
        return ("affine_map<(" + ", ".join(f"d{i}" for i in range(len(of))) + ") -> ("
                + ", ".join(f"d{of.index(l)}" for l in loops) + ")>")

    def kernel(self):
        ins, outs = self.operands()
        kinds, body, yielded = EPILOGUES[self.epilogue]
        state = sum(role == "out" for _, role in kinds)
        n_in, t = len(ins), self.t
        types_in = [self.type(l, e) for l, _, e in ins]
        types_out = [self.type(l, e) for l, _, e in outs]
        loops = self.loops
        it = ", ".join('"reduction"' if self.dims[l][0] == "k" else '"parallel"' for l in loops)
        made = outs[:len(yielded)]
        result = self.type(self.parallel)
        args = [f"%x{i}: {ty}" for i, ty in enumerate(types_in)] + [f"%y{i}: {ty}" for i, ty in enumerate(types_out)]
        names = ", ".join(f"%r{i}" for i in range(len(outs)))
        text = f"""
  func.func @case_{self.number}({", ".join(args)}) -> ({", ".join(types_out)}) {{
    {names} = sinter.kernel "case" ins({", ".join(f"%x{i}" for i in range(n_in))} : {", ".join(types_in)})
        outs({", ".join(f"%y{i}" for i in range(len(outs)))} : {", ".join(types_out)}) -> {", ".join(types_out)} {{
    ^bb0({", ".join([f"%b{i}: {ty}" for i, ty in enumerate(types_in)] + [f"%w{i}: {ty}" for i, ty in enumerate(types_out)])}):
      %zero_ = arith.constant 0.0 : {t}
"""
        sizes = []
        for l in self.parallel:
            if self.dims[l][1] is None:
                src = 0 if l in self.orders[0] else 1
                d = self.orders[src].index(l)
                text += f"      %at{l} = arith.constant {d} : index\n      %n{l} = tensor.dim %b{src}, %at{l} : {types_in[src]}\n"
                sizes.append(f"%n{l}")
        widened, factors = "", ["%l", "%r"]
        (text0, left, e0), (text1, right, e1) = (self.prologue(i, types_in) for i in (0, 1))
        text += text0 + text1
        for i, e in enumerate((e0, e1)):
            if e == "bf16":
                widened += f"        {factors[i]}w = arith.extf {factors[i]} : bf16 to f32\n"
                factors[i] += "w"
        type0, type1 = self.type(self.orders[0], e0), self.type(self.orders[1], e1)
        text += f"""      %e = tensor.empty({", ".join(sizes)}) : {result}
      %init = linalg.fill ins(%zero_ : {t}) outs(%e : {result}) -> {result}
      %p_ = linalg.generic {{indexing_maps = [{self.map(self.orders[0], loops)}, {self.map(self.orders[1], loops)}, {self.map(self.parallel, loops)}],
          iterator_types = [{it}]}} ins({left}, {right} : {type0}, {type1}) outs(%init : {result}) {{
      ^bb0(%l: {e0}, %r: {e1}, %c: {t}):
{widened}        %m = arith.mulf {factors[0]}, {factors[1]} : {t}
        %s = arith.addf %c, %m : {t}
        linalg.yield %s : {t}
      }} -> {result}
"""
        final = "%p_"
        if self.epilogue != "none":
            # Operands of the epilogue, in the order of its table: inputs of the kernel, or old values of outs.
            operands, next_in, next_out = [], 2, 0
            for kind, role in kinds:
                if role == "in":
                    operands.append((f"%b{next_in}", types_in[next_in], self.operand_loops(kind)))
                    next_in += 1
                else:
                    operands.append((f"%w{next_out}", types_out[next_out], self.parallel))
                    next_out += 1
            p = self.parallel
            maps = [self.map(p, p)] + [self.map(l, p) for _, _, l in operands] + [self.map(p, p)] * len(made)
            block = [f"%acc: {t}"] + [f"%o{i}: {t}" for i in range(len(operands))] + [
                f"%u{i}: {e}" for i, (_, _, e) in enumerate(made)]
            multi = f"%q_:{len(made)}" if len(made) > 1 else "%q_"
            results = ", ".join(types_out[:len(made)])
            types = results
            region = body.format(t=t, last=len(p) - 1)
            text += f"""      {multi} = linalg.generic {{indexing_maps = [{", ".join(maps)}], iterator_types = [{", ".join(['"parallel"'] * len(p))}]}}
          ins({", ".join(["%p_"] + [o for o, _, _ in operands])} : {", ".join([result] + [ty for _, ty, _ in operands])})
          outs({", ".join(f"%w{i}" for i in range(len(made)))} : {types}) {{
      ^bb0({", ".join(block)}):{region}
        linalg.yield {", ".join(yielded)} : {", ".join(e for _, _, e in made)}
      }} -> {results if len(made) == 1 else "(" + results + ")"}
"""
            final = ", ".join(f"%q_#{i}" for i in range(len(made))) if len(made) > 1 else "%q_"
        if self.rows_per_part:
            text += self.sum_of_columns(final.split(",")[0], types_out)
            final += ", %sum_"
        text += f"      sinter.yield {final} : {', '.join(types_out)}\n    }}\n    return {names} : {', '.join(types_out)}\n  }}\n"
        return text

    def sum_of_columns(self, value, types_out):
        out, t = len(types_out) - 1, self.t
        return f"""      %sums_ = linalg.fill ins(%zero_ : {t}) outs(%w{out} : {types_out[out]}) -> {types_out[out]}
      %sum_ = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i floordiv {self.rows_per_part}, j)>],
          iterator_types = ["reduction", "parallel"]}} ins({value} : {types_out[0]}) outs(%sums_ : {types_out[out]}) {{
      ^bb0(%v: {t}, %old: {t}):
        %next = arith.addf %old, %v : {t}
        linalg.yield %next : {t}
      }} -> {types_out[out]}
"""

    # The check.

    def fill(self, name, loops, batch, element, seed):
        ty = self.memref(loops, batch, element)
        if element == "i1":
            ty = self.memref(loops, batch, "i8")
        iv = [f"%f{l}" for l in loops]
        text = ""
        for v, l in zip(iv, loops):
            text += f"    affine.for {v} = 0 to {self.dims[l][1] or batch} {{\n"
        linear = "    %lin0 = arith.constant 0 : index\n"
        last = "%lin0"
        for i, (v, l) in enumerate(zip(iv, loops)):
            linear += f"    %e{i} = arith.constant {self.dims[l][1] or batch} : index\n"
            linear += f"    %t{i} = arith.muli {last}, %e{i} : index\n    %lin{i + 1} = arith.addi %t{i}, {v} : index\n"
            last = f"%lin{i + 1}"
        text += linear + f"    %sd = arith.constant {seed} : index\n"
        text += f"    %v = func.call @random({last}, %sd) : (index, index) -> f64\n"
        if element == "i1":
            text += "    %w = arith.constant 0 : i8\n"
        elif element == "f32":
            text += "    %w = arith.truncf %v : f64 to f32\n"
        elif element == "bf16":
            text += "    %single = arith.truncf %v : f64 to f32\n    %w = arith.truncf %single : f32 to bf16\n"
        else:
            text += "    %zz = arith.constant 0.0 : f64\n    %w = arith.addf %v, %zz : f64\n"
        text += f"    memref.store %w, {name}[{', '.join(iv)}] : {ty}\n" + "    }\n" * len(iv)
        # Rank 0 needs a region of its own for the names.
        return f"    scf.execute_region {{\n{text}    scf.yield\n    }}\n"

    def check(self, kernel, items, batch, rows):
        ins, outs = self.operands()
        kinds, body, yielded = EPILOGUES[self.epilogue]
        t, lines = self.t, []
        emit = lines.append
        emit(f"  func.func @check_{self.number}() -> f64 {{\n    %rows = arith.constant {rows} : index")
        ty = {}
        for i, (l, _, e) in enumerate(ins):
            ty[f"%x{i}"] = self.memref(l, batch, e)
            emit(f"    %x{i} = memref.alloc() : {ty[f'%x{i}']}")
            emit(self.fill(f"%x{i}", l, batch, e, 17 * i + 1000 * self.number))
        for i, (l, _, e) in enumerate(outs):
            for which in "yz":
                ty[f"%{which}{i}"] = self.memref(l, batch, "i8" if e == "i1" else e)
                emit(f"    %{which}{i} = memref.alloc() : {ty[f'%{which}{i}']}")
                emit(self.fill(f"%{which}{i}", l, batch, e, 31 * i + 7))
        if self.rows_per_part: # sums are made, whatever was there
            name = f"%z{len(outs) - 1}"
            emit(f"    %nothing = arith.constant 0.0 : {t}")
            emit(f"    affine.for %i = 0 to {self.dims[-1][1]} {{\n      affine.for %j = 0 to {self.dims[1][1]} {{\n"
                 f"        memref.store %nothing, {name}[%i, %j] : {ty[name]}\n      }}\n    }}")
        args = [f"%x{i}" for i in range(len(ins))] + [f"%y{i}" for i in range(len(outs))]
        emit(f"""    %items = affine.apply {items}(%rows)
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %step = arith.constant {1 + self.number % 3} : index
    scf.for %i = %c0 to %items step %step {{
      %hi = arith.subi %items, %i : index
      %taken = arith.minsi %hi, %step : index
      %lo = arith.subi %hi, %taken : index
      func.call @{kernel}({", ".join(args)}, %rows, %lo, %hi) : ({", ".join(ty[a] for a in args)}, index, index, index) -> ()
    }}""")
        emit(self.reference(ty, kinds, body, yielded, outs))
        emit(self.compare(ty, outs, batch))
        return "\n".join(lines) + "\n    return %worst : f64\n  }\n"

    def reference(self, ty, kinds, body, yielded, outs):
        t, text = self.t, ""
        for l in self.parallel + [i for i, (g, _) in enumerate(self.dims) if g == "k"]:
            pass
        def bound(l):
            return "%rows" if self.dims[l][1] is None else f"%ext{l}"
        for l, (g, e) in enumerate(self.dims):
            if e is not None:
                text += f"    %ext{l} = arith.constant {e} : index\n"
        for l in self.parallel:
            text += f"    scf.for %d{l} = %c0 to {bound(l)} step %c1 {{\n"
        reduction = [l for l, (g, _) in enumerate(self.dims) if g == "k"]
        text += "    %acc_init = arith.constant 0.0 : f64\n"
        carried = "%acc_init"
        for l in reduction:
            text += f"    %sum{l} = scf.for %d{l} = %c0 to {bound(l)} step %c1 iter_args(%it{l} = {carried}) -> f64 {{\n"
            carried = f"%it{l}"
        index = lambda loops: ", ".join(f"%d{l}" for l in loops)
        for i, name in ((0, "%la"), (1, "%ra")):
            text += self.operand(i, name, ty, index)
        if t == "f32":
            text += "    %lw = arith.extf %la : f32 to f64\n    %rw = arith.extf %ra : f32 to f64\n"
        l64, r64 = ("%lw", "%rw") if t == "f32" else ("%la", "%ra")
        text += f"    %mm = arith.mulf {l64}, {r64} : f64\n    %ss = arith.addf {carried}, %mm : f64\n"
        value = "%ss"
        for l in reversed(reduction):
            text += f"    scf.yield {value} : f64\n    }}\n"
            value = f"%sum{l}"
        if not reduction:
            value = "%ss"
        if t == "f32":
            text += f"    %acc = arith.truncf {value} : f64 to f32\n"
        else:
            text += f"    %zz = arith.constant 0.0 : f64\n    %acc = arith.addf {value}, %zz : f64\n"
        next_in, next_out = 2, 0
        for i, (kind, role) in enumerate(kinds):
            source = f"%x{next_in}" if role == "in" else f"%z{next_out}"
            next_in, next_out = next_in + (role == "in"), next_out + (role == "out")
            text += f"    %o{i} = memref.load {source}[{index(self.operand_loops(kind))}] : {ty[source]}\n"
        region = body.format(t=t, last=len(self.parallel) - 1)
        region = re.sub(r"(%\w+) = linalg.index (\d+) : index",
                        lambda m: f"%one_{m[2]} = arith.constant 0 : index\n      {m[1]} = arith.addi %d{self.parallel[int(m[2])]}, %one_{m[2]} : index",
                        region)
        text += region + "\n"
        for i, (l, _, e) in enumerate(outs[:len(yielded)]):
            value = yielded[i]
            if e == "i1":
                text += f"    %byte = arith.extui {value} : i1 to i8\n"
                value = "%byte"
            text += f"    memref.store {value}, %z{i}[{index(l)}] : {ty[f'%z{i}']}\n"
        if self.rows_per_part:
            i, l = len(outs) - 1, self.parallel
            place = f"%z{i}[%part, %d{l[1]}] : {ty[f'%z{i}']}"
            text += (f"    %size = arith.constant {self.rows_per_part} : index\n    %part = arith.divui %d{l[0]}, %size : index\n"
                     f"    %old = memref.load {place}\n    %new = arith.addf %old, {yielded[0]} : {t}\n"
                     f"    memref.store %new, {place}\n")
        return text + "    }\n" * len(self.parallel)

    def operand(self, i, name, ty, index):
        """One element of what operand i stands for, of f32 or f64."""
        side = self.sides[i]
        load = f"memref.load %x{i}[{index(self.orders[i])}] : {ty[f'%x{i}']}\n"
        if not side:
            return f"    {name} = {load}"
        if side == "bf16":
            return f"    {name}n = {load}    {name} = arith.extf {name}n : bf16 to f32\n"
        body, element = PROLOGUES[side]
        text = f"    {name}v = {load}"
        if "scaled" in side:
            n = self.factor_input(i)
            text += f"    {name}f = memref.load %x{n}[{index(self.factors[i])}] : {ty[f'%x{n}']}\n"
        text += re.sub(r"%(\w+)", lambda m: f"{name}{m[1]}", body) + "\n"
        if element == "bf16":
            return text + f"    {name} = arith.extf {name}pr : bf16 to f32\n"
        return text + f"    %none{i} = arith.constant 0.0 : f32\n    {name} = arith.addf {name}pr, %none{i} : f32\n"

    def compare(self, ty, outs, batch):
        text, carried = "    %w0 = arith.constant 0.0 : f64\n", "%w0"
        for i, (loops, _, e) in enumerate(outs):
            opened = []
            for l in loops:
                text += f"    %cmp{i}_{l} = affine.for %g{l} = 0 to {self.dims[l][1] or batch} iter_args(%k{i}_{l} = {carried}) -> f64 {{\n"
                carried = f"%k{i}_{l}"
                opened.append(f"%cmp{i}_{l}")
            index = ", ".join(f"%g{l}" for l in loops)
            for which in "yz":
                text += f"    %v{which} = memref.load %{which}{i}[{index}] : {ty[f'%{which}{i}']}\n"
                stored = "i8" if e == "i1" else e
                op = {"f32": "extf", "i8": "sitofp"}.get(stored)
                text += (f"    %e{which} = arith.{op} %v{which} : {stored} to f64\n" if op else
                         f"    %zz{which} = arith.constant 0.0 : f64\n    %e{which} = arith.addf %v{which}, %zz{which} : f64\n")
            text += f"    %df = arith.subf %ey, %ez : f64\n    %ab = math.absf %df : f64\n    %mx = arith.maximumf %ab, {carried} : f64\n"
            value = "%mx"
            for name in reversed(opened):
                text += f"    affine.yield {value} : f64\n    }}\n"
                value = name
            carried = value
            if not opened:  # rank 0: names must not clash
                text = text.replace("%vy", f"%vy{i}_").replace("%vz", f"%vz{i}_")
        return text + f"    %last = arith.constant 0.0 : f64\n    %worst = arith.maximumf {carried}, %last : f64"


def random_case(rng, number, batch, pairs, sums):
    sizes = [1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 33, 48, 50, 65, 100]
    groups = ["m", "n", "k"] if sums else rng.choices([["m", "n", "k"], ["b", "m", "n", "k"], ["m", "m", "n", "k"], ["m", "n", "n", "k"],
                          ["m", "n", "k", "k"], ["b", "b", "m", "n", "k"]], weights=[10, 3, 2, 2, 2, 1])[0]
    dims = [(g, rng.choice(sizes if len(groups) <= 3 else sizes[:9])) for g in groups]
    if rng.random() < 0.15:
        i = rng.randrange(len(dims))
        dims[i] = (dims[i][0], rng.choice([257, 600] if groups.count("k") == 1 and dims[i][0] == "k" else [129]))
    if rng.random() < 0.6:
        i = rng.randrange(len(dims))
        dims[i] = (dims[i][0], None)
    rows_per_part = 0
    if sums: # of more than one row, and of columns whose number is known
        dims[:2] = [(g, e if e is None else max(e, 2)) for g, e in dims[:2]]
        dims[1] = ("n", dims[1][1] or 23)
        rows_per_part = rng.choice([2, 5, 6, 12, 16, 24, 48, 96])
        dims.append(("p", -(-(dims[0][1] or batch) // rows_per_part)))
    lhs = [i for i, (g, _) in enumerate(dims) if g in "bmk"]
    rhs = [i for i, (g, _) in enumerate(dims) if g in "bnk"]
    shuffles = rng.choice(["none", "lhs", "rhs", "both"])
    if shuffles in ("lhs", "both"):
        rng.shuffle(lhs)
    if shuffles in ("rhs", "both"):
        rng.shuffle(rhs)
    element = "f32" if pairs else rng.choices(["f32", "f64"], weights=[4, 1])[0]
    epilogue, sides, factors = rng.choice(list(EPILOGUES)), ["", ""], [(), ()]
    for i, order in enumerate((lhs, rhs)):
        if pairs or (element == "f32" and rng.random() < 0.6):
            sides[i] = rng.choice(["bf16", "rounded", "rounded_scaled"] if pairs else ["bf16", *PROLOGUES])
            factors[i] = tuple(l for l in order if rng.random() < 0.5)
    return Case(number, dims, lhs, rhs, epilogue, element, tuple(sides), tuple(factors), rows_per_part)


def vary(rng, tile, lanes, in_pairs, rows_per_part=0):
    """Another contraction schedule that is right for any operands, in pairs if these are bf16. Axes that were not split
    stay so. Tiles and work items are whole parts of the rows."""
    per_item = [t and rng.randint(1, 4) for t in tile[2:5]]
    k_block = rng.choice([1, 2, 5, 16, 24, tile[5]])
    packed, dot, packed_both, pairs = 1, 2, 3, 4
    if tile[6] == dot and not rows_per_part and rng.random() < 0.7:
        return f"tile = {[rng.randint(1, 7), 1, *per_item, k_block, dot, 0, rng.randint(0, 1), 0]}"
    form = pairs if in_pairs else rng.choice([packed, packed_both])
    swapped, panels_inner, fetches = (rng.randint(0, 1) for _ in range(3))
    if form in (packed_both, pairs):
        panels_inner = 1
    rows, vectors = rng.randint(1, 9), rng.randint(1, 3)
    if rows_per_part:
        swapped = swapped and rows_per_part % lanes == 0
        while rows_per_part % (vectors * lanes if swapped else rows):
            rows, vectors = rng.randint(1, 9), rng.randint(1, 3)
        axis = 1 if swapped else 0
        per_item[axis] *= rows_per_part // (vectors * lanes if swapped else rows)
    return f"tile = {[rows, vectors, *per_item, k_block, form, int(swapped), panels_inner, fetches]}"


def run(command, text):
    result = subprocess.run(command, input=text, capture_output=True, text=True, timeout=500)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr[:4000]}")
    return result.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sinter-opt", required=True)
    parser.add_argument("--runner", default="mlir-runner")
    parser.add_argument("--runner-library", default="/usr/lib/llvm-22/lib/libmlir_c_runner_utils.so")
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--target", default="", help="options of sinter-plan-schedules")
    parser.add_argument("--vary-schedules", action="store_true",
                        help="random tiles, packed, with k cut into blocks, instead of the planner's choice")
    parser.add_argument("--pairs", action="store_true",
                        help="operands are bf16; with --vary-schedules they are multiplied in pairs")
    parser.add_argument("--sums", action="store_true", help="columns of the results are added up, over parts of the rows")
    parser.add_argument("--instruction", action="store_true", help="this processor has an instruction for pairs")
    parser.add_argument("--keep", help="folder for intermediate files")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    batch = args.batch or rng.choice([1, 7, 37, 64])
    cases = [random_case(rng, i, batch, args.pairs, args.sums) for i in range(args.cases)]
    rows = [rng.choice([batch, rng.randint(1, batch)]) for _ in cases]
    chosen = [c for c in cases if args.only is None or c.number == args.only]
    source = f"module attributes {{sinter.batch = {batch} : i64}} {{\n" + "".join(c.kernel() for c in chosen) + "}\n"
    folder = pathlib.Path(args.keep or tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    (folder / "kernels.mlir").write_text(source)
    planned = run([args.sinter_opt, f"--sinter-plan-schedules={args.target}"], source)
    if args.vary_schedules:
        parts = iter(case.rows_per_part for case in chosen)
        planned = re.sub(r"tile = \[([^\]]*)\], vector = (\d+)",
                         lambda m: vary(rng, [int(v) for v in m[1].split(",")], int(m[2]), args.pairs, next(parts))
                         + f", vector = {m[2]}", planned)
    emitted = run([args.sinter_opt, "--sinter-emit-kernels"], planned)
    (folder / "emitted.mlir").write_text(emitted)
    launches = re.findall(r"func\.func @case_(\d+)\(.*?sinter\.launch @(\w+) items (.*?) (?:parallel )?ins", emitted, re.S)
    launch_of = {int(number): (kernel, items) for number, kernel, items in launches}
    aliases = "".join(line + "\n" for line in emitted.splitlines() if line.startswith("#map"))
    functions = re.findall(r"^  func\.func private @.*?^  }\n", emitted, re.S | re.M)
    alias_text = dict(re.findall(r"^(#map\w*) = (affine_map<.*>)$", emitted, re.M))
    checks, calls = "", ""
    for case in chosen:
        kernel, items = launch_of[case.number]
        checks += case.check(kernel, alias_text.get(items, items), batch, rows[case.number])
        calls += (f"    %r{case.number} = call @check_{case.number}() : () -> f64\n"
                  f"    call @printF64(%r{case.number}) : (f64) -> ()\n    call @printNewline() : () -> ()\n")
    text = aliases + "".join(functions) + HELPERS + checks + f"  func.func @main() {{\n{calls}    return\n  }}\n"
    text = re.sub(r"\) attributes \{.*\} \{$", ") {", text, flags=re.M)
    (folder / "checks.mlir").write_text(text)
    expand = f"--sinter-expand-math=bf16-pairs={str(args.instruction).lower()}"
    lowered = run([args.sinter_opt, expand] + LOWERING.split(), text)
    output = run([args.runner, "-e", "main", "--entry-point-result=void", f"--shared-libs={args.runner_library}"], lowered)
    failures = 0
    for case, line in zip(chosen, output.split()):
        k = 1
        for g, e in case.dims:
            k *= (e or batch) if g == "k" else 1
        k *= max(1, case.rows_per_part) ** 2 # sums are as exact as they are long
        bound = (2e-6 if case.t == "f32" else 1e-13) * max(1, k) ** 0.5 + (2e-6 if case.epilogue == "bias_tanh" else 0)
        error = float(line)
        if not error <= bound:
            failures += 1
            print(f"case {case.number}: error {error:g}, expected at most {bound:g}: dims {case.dims}, operands {case.orders}, "
                  f"prologues {case.sides}, epilogue {case.epilogue}, {case.t}, rows {rows[case.number]} of {batch}")
    print(f"{len(chosen)} cases, {failures} failures")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()

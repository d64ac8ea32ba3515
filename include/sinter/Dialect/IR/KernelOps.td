// The unit of fusion, scheduling and measuring, and its launch.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_KERNELOPS_TD
#define SINTER_DIALECT_IR_KERNELOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "sinter/Dialect/IR/SinterBase.td"

def Sinter_KernelOp : Sinter_Op<"kernel", [IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments]> {
  let summary = "ops that become one loop nest";
  let description = [{
    The body holds `linalg` ops on tensors. Block arguments are the inputs, then the destinations (`outs`). Result `i` is
    the new value of destination `i`: yielded by the body, and written into the destination's storage, so a state
    tensor passed in `outs` is updated in place.
    `source` lists the sinter ops that the kernel comes from, for remarks and reports.

    * C1: block arguments have the types of the operands; results and yielded values have the types of `outs`.

    Example:
    ```mlir
    %y = sinter.kernel "relu" source ["relu"] schedule #sinter.schedule<map, tile = [4096], vector = 16, parallel = true>
        ins(%x : tensor<?x5xf32>) outs(%e : tensor<?x5xf32>) -> tensor<?x5xf32> {
    ^bb0(%a: tensor<?x5xf32>, %out: tensor<?x5xf32>):
      %r = linalg.generic ...
      sinter.yield %r : tensor<?x5xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, OptionalAttr<StrArrayAttr>:$source, OptionalAttr<Sinter_ScheduleAttr>:$schedule,
                       Variadic<AnyRankedTensor>:$inputs, Variadic<AnyRankedTensor>:$outs);
  let results = (outs Variadic<AnyRankedTensor>:$results_);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name (`source` $source^)? (`schedule` $schedule^)? (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    `outs` `(` $outs `:` type($outs) `)` `->` type($results_) $body attr-dict
  }];
  let hasVerifier = 1;
}

def Sinter_LaunchOp : Sinter_Op<"launch", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel function over its work items";
  let description = [{
    The kernel function takes (inputs..., outs..., rows, lo, hi), inputs and outs as memrefs of the largest shape, and
    does work items [lo, hi). `items` maps the number of rows to the number of items; it depends on nothing else, so
    results do not depend on threads. On tensors (phase `tiles`) result `i` is the new value of `outs[i]`; on memrefs
    (phase `buffers`) there are no results and `rows` is present.

    A launch that is `together` runs at the same time as the one before it, in one parallel loop: neither reads or
    writes what the other writes.

    * C1: `kernel` names a function of the module with that many arguments.
    * C2: either all operands are tensors, with one result per `outs`, of the same types, or all are memrefs, without
    results and with `rows`.
    * C3: `together` needs a launch before it, and uses none of that one's results.

    Example: `%y = sinter.launch @relu_0 items (d0 ceildiv 8) parallel ins(%x : tensor<?x5xf32>) outs(%e : tensor<?x5xf32>) -> tensor<?x5xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, AffineMapAttr:$items, UnitAttr:$parallel, UnitAttr:$together,
                       Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$inputs,
                       Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$outs, Optional<Index>:$rows);
  let results = (outs Variadic<AnyRankedTensor>:$results_);
  let assemblyFormat = [{
    $kernel `items` $items (`parallel` $parallel^)? (`together` $together^)? (`rows` `(` $rows^ `)`)?
    (`ins` `(` $inputs^ `:` type($inputs) `)`)? `outs` `(` $outs `:` type($outs) `)` (`->` type($results_)^)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif // SINTER_DIALECT_IR_KERNELOPS_TD

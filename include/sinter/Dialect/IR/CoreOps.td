// The closed core beside elementwise ops: constants, broadcast, reduce, products, data movement, random bits, gradients.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_COREOPS_TD
#define SINTER_DIALECT_IR_COREOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "sinter/Dialect/IR/SinterBase.td"

/// An op whose result type follows from its operands and attributes: the text states it, the verifier compares. The
/// constraints are checked where the type is inferred (lib/Dialect/IR/InferCore.cpp).
class Sinter_InferredOp<string mnemonic, list<Trait> traits = []>
    : Sinter_Op<mnemonic, [Pure, InferTypeOpAdaptor] # traits>;

def Sinter_ConstantOp : Sinter_Op<"constant", [Pure, ConstantLike]> {
  let summary = "a literal";
  let description = [{
    A splat may have the batch extent `?`: its value is then an elements attribute of the type with `?` read as 1.
    * C1: the value's element type is the result's; its shape is the result's (for a `?`: a splat with extent 1 there).

    Example: `%c = sinter.constant dense<0.5> : tensor<5xf32> -> tensor<5xf32>`
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Sinter_StoredTensor:$result);
  let assemblyFormat = "attr-dict $value `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Sinter_BatchSizeOp : Sinter_Op<"batch_size", [Pure]> {
  let summary = "the number of rows of this call, as a float scalar";
  let description = "Example: `%n = sinter.batch_size : tensor<f32>`";
  let results = (outs Sinter_FloatScalar:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Sinter_BroadcastOp : Sinter_Op<"broadcast", [Pure]> {
  let summary = "repeats a tensor along new extents";
  let description = [{
    Extent `i` of the input is extent `dims[i]` of the result; every other extent of the result is new.
    * C1: `dims` has one entry per input extent, strictly increasing, within the result's rank.
    * C2: input extent `i` equals result extent `dims[i]`. C3: equal element types.

    Example: `%r = sinter.broadcast %b dims = [1] : tensor<5xf32> -> tensor<?x5xf32>`
  }];
  let arguments = (ins Sinter_Tensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = "$input `dims` `=` $dims attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Sinter_ReduceOp : Sinter_InferredOp<"reduce"> {
  let summary = "combines elements along dimensions";
  let description = [{
    The reduced dimensions are gone from the result. `mean` divides by the number of elements combined.
    * C1: `dims` is strictly increasing and within the rank.
    * C2: `mean` needs a float type.

    Example: `%s = sinter.reduce sum %x dims = [1] : tensor<?x5xf32> -> tensor<?xf32>`
  }];
  let arguments = (ins Sinter_ReduceKindAttr:$kind, Sinter_Tensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = "custom<EnumKeyword>($kind) $input `dims` `=` $dims attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Sinter_DotGeneralOp : Sinter_InferredOp<"dot_general"> {
  let summary = "contraction of two tensors";
  let description = [{
    Sums products over the contracting dimensions; the result's extents are the batch dimensions, then the free ones of
    the left operand, then those of the right one. The element type of the result is that of the operands; of f16 and
    bf16 operands it is f32: they are widened, which is exact, multiplied and summed as f32.
    * C1: equal float element types. C2: dimension lists are within rank, without repetition, pairwise of equal length
    and extent.

    Derivative: each operand's cotangent is a product of the result's cotangent with the other operand. Where the operands
    are f16 or bf16, the result's cotangent is rounded to that for these products, and theirs, the cotangents of such
    tensors, are f32 and not rounded.

    Example: `%y = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1]
                : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>`
  }];
  let arguments = (ins Sinter_FactorTensor:$lhs, Sinter_FactorTensor:$rhs, DenseI64ArrayAttr:$lhsBatch,
                       DenseI64ArrayAttr:$rhsBatch, DenseI64ArrayAttr:$lhsContract, DenseI64ArrayAttr:$rhsContract);
  let results = (outs Sinter_FloatTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `batch` `=` $lhsBatch `x` $rhsBatch `contract` `=` $lhsContract `x` $rhsContract attr-dict
    `:` functional-type(operands, results)
  }];
}

def Sinter_TransposeOp : Sinter_InferredOp<"transpose"> {
  let summary = "permutes dimensions";
  let description = [{
    Extent `i` of the result is extent `permutation[i]` of the input.
    * C1: `permutation` is one.

    Example: `%t = sinter.transpose %x [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>`
  }];
  let arguments = (ins Sinter_StoredTensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Sinter_StoredTensor:$result);
  let assemblyFormat = "$input $permutation attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Sinter_ReshapeOp : Sinter_Op<"reshape", [Pure]> {
  let summary = "the same elements, in row-major order, under another shape";
  let description = [{
    * C1: equal element types and numbers of elements. C2: the batch extent `?`, if there, leads both shapes.

    Example: `%r = sinter.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>`
  }];
  let arguments = (ins Sinter_StoredTensor:$input);
  let results = (outs Sinter_StoredTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Sinter_SliceOp : Sinter_InferredOp<"slice"> {
  let summary = "a regular part of a tensor";
  let description = [{
    Result element i is input element `starts + i * strides`, up to but not including `limits`.
    * C1: one start, limit and stride per dimension; 0 <= start <= limit <= extent; stride >= 1.
    * C2: a batch extent `?` is taken whole: start 0, limit -1, stride 1.

    Example: `%s = sinter.slice %x [0:-1:1, 2:5:1] : tensor<?x5xf32> -> tensor<?x3xf32>`
  }];
  let arguments = (ins Sinter_Tensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$limits,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = "$input custom<SliceRange>($starts, $limits, $strides) attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Sinter_PadOp : Sinter_InferredOp<"pad"> {
  let summary = "adds elements around and between";
  let description = [{
    `low[i]` and `high[i]` elements at the ends of dimension i, `interior[i]` between neighbours, all of value `value`.
    * C1: one entry per dimension, none negative. C2: a batch extent `?` is not padded.

    Example: `%p = sinter.pad %x value = 0.0 low = [0, 1] high = [0, 2] interior = [0, 0] : tensor<?x5xf32> -> tensor<?x8xf32>`
  }];
  let arguments = (ins Sinter_Tensor:$input, F64Attr:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = [{
    $input `value` `=` $value `low` `=` $low `high` `=` $high `interior` `=` $interior attr-dict
    `:` type($input) `->` type($result)
  }];
  let hasFolder = 1;
}

def Sinter_ConcatenateOp : Sinter_InferredOp<"concatenate"> {
  let summary = "tensors one behind the other along a dimension";
  let description = [{
    * C1: at least one input; equal element types and extents but for `dim`, which is within the rank and static.

    Example: `%c = sinter.concatenate %a, %b dim = 1 : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>`
  }];
  let arguments = (ins Variadic<Sinter_Tensor>:$inputs, I64Attr:$dim);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = "$inputs `dim` `=` $dim attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Sinter_IotaOp : Sinter_Op<"iota", [Pure]> {
  let summary = "each element's index along a dimension";
  let description = [{
    * C1: `dim` is within the rank.

    Example: `%i = sinter.iota dim = 1 : tensor<?x5xi32>`
  }];
  let arguments = (ins I64Attr:$dim);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = "`dim` `=` $dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Sinter_RandomBitsOp : Sinter_Op<"random_bits", [Pure]> {
  let summary = "counter-based random 32-bit words";
  let description = [{
    Element e (row-major index, its low 32 bits) is word 0 of Philox4x32-10 (Salmon et al., 2011) with counter
    (e, stream, low half of step, high half of step) and key (low half of seed, high half of seed).
    A uniform number in [0, 1) is (word >> 8) 2^-24 (f32) of it.
    * C1: the element type is i32.

    Example: `%r = sinter.random_bits %seed, %step stream = 7 : tensor<?x5xi32>`
  }];
  let arguments = (ins Sinter_I64Scalar:$seed, Sinter_I64Scalar:$step, I64Attr:$stream);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat = "$seed `,` $step `stream` `=` $stream attr-dict `:` type($result)";
}

def Sinter_ValueAndGradOp : Sinter_Op<"value_and_grad", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function's results and the gradients of the first one";
  let description = [{
    Calls `callee` and differentiates its first result, a scalar, with respect to the arguments listed in `wrt`.
    Results: those of the callee, then one gradient per entry of `wrt`, of that argument's type.
    The callee may itself use `value_and_grad`. A function attribute `sinter.vjp = @rule` replaces the derivative of a
    function by `@rule(arguments..., result cotangents...) -> (argument cotangents...)`.
    * C1: the callee is a function of the module with these argument types.
    * C2: its first result is a float tensor of rank 0. C3: `wrt` is strictly increasing and names f32 or f64 arguments.

    Example: `%v, %g = sinter.value_and_grad @f(%x, %w) wrt [1] : (tensor<4xf64>, tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)`
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Sinter_StoredTensor>:$operands_, DenseI64ArrayAttr:$wrt);
  let results = (outs Variadic<Sinter_StoredTensor>:$results_);
  let assemblyFormat = "$callee `(` $operands_ `)` `wrt` $wrt attr-dict `:` functional-type(operands, results)";
}

#endif // SINTER_DIALECT_IR_COREOPS_TD

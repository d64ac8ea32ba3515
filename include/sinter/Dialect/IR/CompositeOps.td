// Composites over more than one element: linear, softmax, normalizations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_COMPOSITEOPS_TD
#define SINTER_DIALECT_IR_COMPOSITEOPS_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "sinter/Dialect/IR/SinterBase.td"

def Sinter_LinearOp : Sinter_Op<"linear", [Pure, InferTypeOpAdaptor]> {
  let summary = "x W^T + b";
  let description = [{
    Input [..., in], weight [out, in] (PyTorch's layout), bias [out] (may be left out), result [..., out]. Input and weight of
    f16 and bf16 are multiplied as in `dot_general`: bias and result are f32.
    * C1: the input's last extent is the weight's second. C2: the bias has the weight's first extent and the result's
    element type. C3: equal float element types; input of rank 1 or more, weight of rank 2.

    Example: `%y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>`
  }];
  let arguments = (ins Sinter_FactorTensor:$input, Sinter_FactorTensor:$weight, Optional<Sinter_FloatTensor>:$bias);
  let results = (outs Sinter_FloatTensor:$result);
  let assemblyFormat = "$input `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
}

class Sinter_SoftmaxLike<string mnemonic, string summaryText>
    : Sinter_Op<mnemonic, [Pure, SameOperandsAndResultType]> {
  let summary = summaryText;
  let description = [{
    Along dimension `dim`, with the maximum subtracted first.
    * C1: `dim` is within the rank.
  }];
  let arguments = (ins Sinter_FloatTensor:$input, I64Attr:$dim);
  let results = (outs Sinter_FloatTensor:$result);
  let assemblyFormat = "$input `dim` `=` $dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Sinter_SoftmaxOp : Sinter_SoftmaxLike<"softmax", "e^x / sum(e^x)">;
def Sinter_LogSoftmaxOp : Sinter_SoftmaxLike<"log_softmax", "x - log(sum(e^x))">;

def Sinter_LayerNormOp : Sinter_Op<"layer_norm", [Pure, AllTypesMatch<["input", "result"]>, AllTypesMatch<["scale", "shift"]>]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * scale + shift, over the last dimension";
  let description = [{
    The variance is the biased one (divided by the extent), as in PyTorch.
    * C1: scale and shift have rank 1 and the input's last extent; equal float element types. C2: epsilon > 0.

    Example: `%y = sinter.layer_norm %x, %g, %b epsilon = 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>`
  }];
  let arguments = (ins Sinter_FloatTensor:$input, Sinter_FloatTensor:$scale, Sinter_FloatTensor:$shift,
                       DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs Sinter_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale `,` $shift (`epsilon` `=` $epsilon^)? attr-dict `:` type($input) `,` type($scale)";
  let hasVerifier = 1;
}

def Sinter_RmsNormOp : Sinter_Op<"rms_norm", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "x / sqrt(mean(x^2) + epsilon) * scale, over the last dimension";
  let description = [{
    * C1: the scale has rank 1 and the input's last extent; equal float element types. C2: epsilon > 0.

    Example: `%y = sinter.rms_norm %x, %g epsilon = 1.0e-6 : tensor<?x8xf32>, tensor<8xf32>`
  }];
  let arguments = (ins Sinter_FloatTensor:$input, Sinter_FloatTensor:$scale, DefaultValuedAttr<F64Attr, "1.0e-6">:$epsilon);
  let results = (outs Sinter_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale (`epsilon` `=` $epsilon^)? attr-dict `:` type($input) `,` type($scale)";
  let hasVerifier = 1;
}

#endif // SINTER_DIALECT_IR_COMPOSITEOPS_TD

// Losses, with PyTorch's definitions. All reduce over every element (rows, for class indices) by mean or sum.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_LOSSOPS_TD
#define SINTER_DIALECT_IR_LOSSOPS_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "sinter/Dialect/IR/SinterBase.td"

class Sinter_LossFunctionOp<string mnemonic, string summaryText, dag extra = (ins), list<Trait> traits = []>
    : Sinter_Op<mnemonic, [Pure, InferTypeOpAdaptor] # traits> {
  let summary = summaryText;
  let arguments = !con((ins Sinter_FloatTensor:$output, Sinter_Tensor:$target), extra,
                       (ins DefaultValuedAttr<Sinter_ReductionAttr, "::sinter::Reduction::Mean">:$reduction));
  let results = (outs Sinter_FloatScalar:$result);
}

class Sinter_PairedLossOp<string mnemonic, string summaryText> : Sinter_LossFunctionOp<mnemonic, summaryText> {
  let description = [{
    * C1: output and target have equal float types.
  }];
  let assemblyFormat = "$output `,` $target (custom<OptionalEnumKeyword>($reduction)^)? attr-dict `:` functional-type(operands, results)";
}

def Sinter_MseLossOp : Sinter_PairedLossOp<"mse_loss", "(y - t)^2">;
def Sinter_L1LossOp : Sinter_PairedLossOp<"l1_loss", "|y - t|">;
def Sinter_BceWithLogitsOp : Sinter_PairedLossOp<"bce_with_logits",
    "binary cross-entropy of sigmoid(y): max(y, 0) - y t + log(1 + e^-|y|)">;

def Sinter_HuberLossOp : Sinter_LossFunctionOp<"huber_loss",
    "d^2 / 2 if |d| <= delta, else delta (|d| - delta / 2), d = y - t",
    (ins DefaultValuedAttr<F64Attr, "1.0">:$delta)> {
  let description = [{
    * C1: output and target have equal float types. C2: delta > 0.
  }];
  let assemblyFormat = [{
    $output `,` $target (`delta` `=` $delta^)? (custom<OptionalEnumKeyword>($reduction)^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Sinter_CrossEntropyOp : Sinter_LossFunctionOp<"cross_entropy",
    "-sum(t log_softmax(y)) per row, y of shape [rows, classes]",
    (ins DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing)> {
  let description = [{
    The target is either class indices, i32 or i64 of shape [rows], or probabilities of the output's type. With label
    smoothing s over c classes t becomes (1 - s) t + s / c. The mean is over rows.
    * C1: the output has rank 2. C2: the target is of shape [rows] (indices) or has the output's type.
    * C3: 0 <= label_smoothing <= 1.

    Example: `%l = sinter.cross_entropy %y, %t label_smoothing = 0.1 : (tensor<?x5xf32>, tensor<?xi32>) -> tensor<f32>`
  }];
  let assemblyFormat = [{
    $output `,` $target (`label_smoothing` `=` $label_smoothing^)? (custom<OptionalEnumKeyword>($reduction)^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // SINTER_DIALECT_IR_LOSSOPS_TD

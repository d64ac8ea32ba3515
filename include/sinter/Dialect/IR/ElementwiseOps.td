// Elementwise ops: the general map with a scalar region, and the named forms.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_ELEMENTWISEOPS_TD
#define SINTER_DIALECT_IR_ELEMENTWISEOPS_TD

include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "sinter/Dialect/IR/SinterBase.td"

def Sinter_MapOp : Sinter_Op<"map", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "applies a scalar function to every element";
  let description = [{
    The region computes one element of each result from the elements of the inputs at the same place, with `arith` and
    `math` ops. It is differentiated automatically.

    * C1: at least one input; all inputs and results have the same shape.
    * C2: block arguments are the element types of the inputs; the yielded types those of the results.
    * C3: the region holds `arith` and `math` ops only, on other types than f16 and bf16.

    Example:
    ```mlir
    %r = sinter.map ins(%a, %b : tensor<?x5xf32>, tensor<?x5xf32>) -> tensor<?x5xf32> {
    ^bb0(%x: f32, %y: f32):
      %s = arith.mulf %x, %y : f32
      sinter.yield %s : f32
    }
    ```
  }];
  let arguments = (ins Variadic<Sinter_Tensor>:$inputs);
  let results = (outs Variadic<Sinter_Tensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`ins` `(` $inputs `:` type($inputs) `)` `->` type($outputs) $body attr-dict";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Sinter_YieldOp : Sinter_Op<"yield", [Pure, ReturnLike, Terminator, ParentOneOf<["MapOp", "KernelOp"]>]> {
  let summary = "ends the region of a `map` or a `kernel`";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

//===-- Named forms ----------------------------------------------------------------------------------------------===//

class Sinter_UnaryOp<string mnemonic, string summaryText, Type type = Sinter_FloatTensor>
    : Sinter_Op<mnemonic, [Pure, SameOperandsAndResultType, Elementwise]> {
  let summary = summaryText;
  let description = "Elementwise. Example: `%r = sinter." # mnemonic # " %x : tensor<?x5xf32>`";
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Sinter_NegateOp : Sinter_UnaryOp<"negate", "-x">;
def Sinter_AbsOp : Sinter_UnaryOp<"abs", "|x|">;
def Sinter_SignOp : Sinter_UnaryOp<"sign", "-1, 0 or 1 as x is negative, zero or positive; NaN stays">;
def Sinter_FloorOp : Sinter_UnaryOp<"floor", "largest integer not above x">;
def Sinter_ExpOp : Sinter_UnaryOp<"exp", "e^x">;
def Sinter_Expm1Op : Sinter_UnaryOp<"expm1", "e^x - 1, exact near 0">;
def Sinter_LogOp : Sinter_UnaryOp<"log", "natural logarithm">;
def Sinter_Log1pOp : Sinter_UnaryOp<"log1p", "log(1 + x), exact near 0">;
def Sinter_SqrtOp : Sinter_UnaryOp<"sqrt", "square root">;
def Sinter_RsqrtOp : Sinter_UnaryOp<"rsqrt", "1 / sqrt(x)">;
def Sinter_SinOp : Sinter_UnaryOp<"sin", "sine of x in radians">;
def Sinter_CosOp : Sinter_UnaryOp<"cos", "cosine of x in radians">;
def Sinter_TanhOp : Sinter_UnaryOp<"tanh", "hyperbolic tangent">;
def Sinter_ErfOp : Sinter_UnaryOp<"erf", "error function">;
def Sinter_SigmoidOp : Sinter_UnaryOp<"sigmoid", "1 / (1 + e^-x)">;
def Sinter_SquareOp : Sinter_UnaryOp<"square", "x^2">;

class Sinter_BinaryOp<string mnemonic, string summaryText, list<Trait> traits = [], Type type = Sinter_Tensor>
    : Sinter_Op<mnemonic, [Pure, SameOperandsAndResultType, Elementwise] # traits> {
  let summary = summaryText;
  let description = "Elementwise, equal shapes. Example: `%r = sinter." # mnemonic # " %a, %b : tensor<?x5xf32>`";
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Sinter_AddOp : Sinter_BinaryOp<"add", "a + b", [Commutative]>;
def Sinter_SubOp : Sinter_BinaryOp<"sub", "a - b">;
def Sinter_MulOp : Sinter_BinaryOp<"mul", "a b", [Commutative]>;
def Sinter_DivOp : Sinter_BinaryOp<"div", "a / b">;
def Sinter_MaxOp : Sinter_BinaryOp<"max", "the larger; NaN if either is", [Commutative]>;
def Sinter_MinOp : Sinter_BinaryOp<"min", "the smaller; NaN if either is", [Commutative]>;
def Sinter_PowOp : Sinter_BinaryOp<"pow", "a^b, of floats", [], Sinter_FloatTensor>;

def Sinter_CompareOp : Sinter_Op<"compare", [Pure, Elementwise, SameTypeOperands, SameOperandsAndResultShape]> {
  let summary = "elementwise comparison";
  let description = [{
    Ordered: false when an operand is NaN, but `ne` is true.

    Example: `%p = sinter.compare gt, %a, %b : tensor<?x5xf32>` (the result is `tensor<?x5xi1>`)
  }];
  let arguments = (ins Sinter_CompareKindAttr:$kind, Sinter_Tensor:$lhs, Sinter_Tensor:$rhs);
  let results = (outs Sinter_PredicateTensor:$result);
  let assemblyFormat = "custom<EnumKeyword>($kind) `,` $lhs `,` $rhs attr-dict `:` custom<PredicateOf>(type($lhs), type($rhs), type($result))";
  let hasFolder = 1;
}

def Sinter_SelectOp : Sinter_Op<"select", [Pure, Elementwise, AllTypesMatch<["onTrue", "onFalse", "result"]>,
    TypesMatchWith<"predicate has the shape of the result", "result", "predicate",
                   "::llvm::cast<::mlir::RankedTensorType>($_self).clone(::mlir::IntegerType::get($_self.getContext(), 1))">]> {
  let summary = "elementwise choice";
  let description = "Example: `%r = sinter.select %p, %a, %b : tensor<?x5xf32>`";
  let arguments = (ins Sinter_PredicateTensor:$predicate, Sinter_Tensor:$onTrue, Sinter_Tensor:$onFalse);
  let results = (outs Sinter_Tensor:$result);
  let assemblyFormat = "$predicate `,` $onTrue `,` $onFalse attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Sinter_ConvertOp : Sinter_Op<"convert", [Pure, Elementwise, SameOperandsAndResultShape]> {
  let summary = "elementwise conversion of the element type";
  let description = [{
    Float to integer truncates; i1 is 0 or 1; integers are signed. A narrower float is the nearest one, of two the even one;
    NaN stays. Rounding counts as the identity in derivatives: the cotangent of the operand is that of the result.

    * C1: f16 and bf16 are converted from and to f32 only.

    Example: `%f = sinter.convert %i : tensor<?xi32> to tensor<?xf32>`
  }];
  let arguments = (ins Sinter_StoredTensor:$input);
  let results = (outs Sinter_StoredTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===-- Activations (composites over one element) ---------------------------------------------------------------===//

def Sinter_ReluOp : Sinter_UnaryOp<"relu", "max(x, 0); derivative 0 at 0">;
def Sinter_SiluOp : Sinter_UnaryOp<"silu", "x sigmoid(x)">;

class Sinter_ActivationOp<string mnemonic, string summaryText, string example>
    : Sinter_Op<mnemonic, [Pure, SameOperandsAndResultType, Elementwise]> {
  let summary = summaryText;
  let description = "Elementwise. Example: `" # example # "`";
  let results = (outs Sinter_FloatTensor:$result);
}

def Sinter_LeakyReluOp : Sinter_ActivationOp<"leaky_relu", "x if x > 0, else slope x",
                                             "%r = sinter.leaky_relu %x slope = 0.01 : tensor<?x5xf32>"> {
  let arguments = (ins Sinter_FloatTensor:$input, DefaultValuedAttr<F64Attr, "0.01">:$slope);
  let assemblyFormat = "$input (`slope` `=` $slope^)? attr-dict `:` type($result)";
}

def Sinter_EluOp : Sinter_ActivationOp<"elu", "x if x > 0, else alpha (e^x - 1)",
                                       "%r = sinter.elu %x alpha = 1.0 : tensor<?x5xf32>"> {
  let arguments = (ins Sinter_FloatTensor:$input, DefaultValuedAttr<F64Attr, "1.0">:$alpha);
  let assemblyFormat = "$input (`alpha` `=` $alpha^)? attr-dict `:` type($result)";
}

def Sinter_SoftplusOp : Sinter_ActivationOp<"softplus", "log(1 + e^(beta x)) / beta; x where beta x > threshold",
                                            "%r = sinter.softplus %x beta = 1.0 threshold = 20.0 : tensor<?x5xf32>"> {
  let arguments = (ins Sinter_FloatTensor:$input, DefaultValuedAttr<F64Attr, "1.0">:$beta,
                       DefaultValuedAttr<F64Attr, "20.0">:$threshold);
  let assemblyFormat = "$input (`beta` `=` $beta^)? (`threshold` `=` $threshold^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Sinter_GeluOp : Sinter_ActivationOp<"gelu",
    "x Phi(x); `tanh`: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))", "%r = sinter.gelu %x tanh : tensor<?x5xf32>"> {
  let arguments = (ins Sinter_FloatTensor:$input, DefaultValuedAttr<Sinter_GeluFormAttr, "::sinter::GeluForm::Erf">:$form);
  let assemblyFormat = "$input (custom<OptionalEnumKeyword>($form)^)? attr-dict `:` type($result)";
}

def Sinter_DropoutOp : Sinter_Op<"dropout", [Pure, AllTypesMatch<["input", "result"]>, AttrSizedOperandSegments]> {
  let summary = "zeroes elements at random and scales the others by 1 / (1 - rate)";
  let description = [{
    Written without a key in a model. Building the training step gives it a key (seed and step) and a stream; in
    eval and predict it is the identity. Element e is kept when uniform(e) >= rate, uniform as in `random_bits`
    (the same key gives the same mask, which is how the backward pass finds it again).

    * C1: 0 <= rate < 1. C2: seed and step are both present or both absent.

    Example: `%r = sinter.dropout %x rate = 0.5 key(%seed, %step) stream = 3 : tensor<?x5xf32>`
  }];
  let arguments = (ins Sinter_FloatTensor:$input, Optional<Sinter_I64Scalar>:$seed, Optional<Sinter_I64Scalar>:$step,
                       F64Attr:$rate, DefaultValuedAttr<I64Attr, "0">:$stream);
  let results = (outs Sinter_FloatTensor:$result);
  let assemblyFormat = [{
    $input `rate` `=` $rate (`key` `(` $seed^ `,` $step `)`)? (`stream` `=` $stream^)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // SINTER_DIALECT_IR_ELEMENTWISEOPS_TD

// What is trained: parameters, model, loss, optimizer, metrics; and the state table of a training step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_DECLARATIONOPS_TD
#define SINTER_DIALECT_IR_DECLARATIONOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "sinter/Dialect/IR/SinterBase.td"

def Sinter_ParameterOp : Sinter_Op<"parameter", [Symbol]> {
  let summary = "declares a trained tensor and how it starts";
  let description = [{
    A parameter is a module-level symbol with a static type and an initializer. Random initializers are counter-based
    (Philox, keyed by the run's seed, the parameter's stream and the element): independent of order and threads.

    | initializer | arguments (default) | value |
    |---|---|---|
    | `zeros`, `ones` | | 0, 1 |
    | `constant` | value | value |
    | `uniform` | low (0), high (1) | U[low, high) |
    | `normal` | mean (0), deviation (1) | N(mean, deviation^2) |
    | `xavier_uniform` | gain (1) | U[-b, b), b = gain sqrt(6 / (fan_in + fan_out)) |
    | `xavier_normal` | gain (1) | N(0, s^2), s = gain sqrt(2 / (fan_in + fan_out)) |
    | `kaiming_uniform` | a (0) | U[-b, b), b = sqrt(6 / ((1 + a^2) fan_in)) |
    | `kaiming_normal` | a (0) | N(0, s^2), s = sqrt(2 / ((1 + a^2) fan_in)) |

    As in PyTorch, the first extent is fan_out and the product of the others is fan_in.

    * C1: the type is static and of f32 or f64.
    * C2: the number of arguments is one the initializer takes; `uniform` has low < high, deviations are not negative.
    * C3: `xavier_*` and `kaiming_*` need rank 2 or more.
    * C4: no extent is 0.

    Example: `sinter.parameter @fc1.weight : tensor<500x1000xf32> = kaiming_uniform(2.236)`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Sinter_FloatTensor>:$type,
                       Sinter_InitializerKindAttr:$initializer, OptionalAttr<DenseF64ArrayAttr>:$arguments,
                       OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = [{
    $sym_name `:` $type `=` custom<EnumKeyword>($initializer) (`(` custom<F64List>($arguments)^ `)`)?
    (`stream` $stream^)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getTensorType() { return ::llvm::cast<::mlir::RankedTensorType>(getType()); }
  }];
}

def Sinter_GetOp : Sinter_Op<"get", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the values of parameters";
  let description = [{
    Result `i` is the value of parameter `parameters[i]`.

    * C1: each symbol names a `sinter.parameter` of the module; result `i` has its type.

    Example: `%w, %b = sinter.get @fc1.weight, @fc1.bias : tensor<500x1000xf32>, tensor<500xf32>`
  }];
  let arguments = (ins TypedArrayAttrBase<FlatSymbolRefAttr, "symbol list">:$parameters);
  let results = (outs Variadic<Sinter_FloatTensor>:$values);
  let assemblyFormat = "custom<SymbolList>($parameters) attr-dict `:` type($values)";
}

class Sinter_FunctionOp<string mnemonic, list<Trait> traits = []>
    : Sinter_Op<mnemonic, [FunctionOpInterface, IsolatedFromAbove, HasParent<"::mlir::ModuleOp">] # traits> {
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<DictArrayAttr>:$arg_attrs, OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    // FunctionOpInterface
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
  }];
}

def Sinter_ModelOp : Sinter_FunctionOp<"model"> {
  let summary = "the forward pass: inputs to outputs";
  let description = [{
    A function of the inputs; parameters are read with `sinter.get`. The leading extent `?` of an input is the batch.
    An input's name in the compiled artifact is its `sinter.name` attribute, else "input", "input1", ...

    * C1: one `sinter.model` per module (checked when a step is built); the body ends in `sinter.return`.
    * C2: only the leading extent of an input or result may be dynamic. C3: no extent of them is 0. C4: none is f16 or bf16.

    Example:
    ```mlir
    sinter.model @forward(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
      %w, %b = sinter.get @w, @b : tensor<3x4xf32>, tensor<3xf32>
      %y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
      sinter.return %y : tensor<?x3xf32>
    }
    ```
  }];
}

def Sinter_LossOp : Sinter_FunctionOp<"loss"> {
  let summary = "the quantity that training makes small: outputs and targets to one scalar";
  let description = [{
    A function of the model's results, in order, followed by the targets. May read parameters (for penalties).

    * C1: the only result is a tensor of rank 0 of f32 or f64.

    Example:
    ```mlir
    sinter.loss @loss(%y: tensor<?x3xf32>, %label: tensor<?xi32>) -> tensor<f32> {
      %l = sinter.cross_entropy %y, %label : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
      sinter.return %l : tensor<f32>
    }
    ```
  }];
}

def Sinter_ReturnOp : Sinter_Op<"return", [Pure, ReturnLike, Terminator, ParentOneOf<["ModelOp", "LossOp"]>]> {
  let summary = "ends a model or a loss";
  let description = "* C1: operand types are the result types of the enclosing function.";
  let arguments = (ins Variadic<Sinter_Tensor>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
  let hasVerifier = 1;
}

def Sinter_OptimizerOp : Sinter_Op<"optimizer", [HasParent<"::mlir::ModuleOp">]> {
  let summary = "how parameters follow their gradients";
  let description = [{
    The options are the op's discardable attributes. PyTorch's definitions and defaults. Every rule also takes `clip_global_norm` (default 0: off): gradients are scaled
    by min(1, clip / (norm + 1e-6)), norm over all parameters (`torch.nn.utils.clip_grad_norm_`); and `loss_scale` (default 1): the loss is
    differentiated as if it were that many times as large, and gradients are divided by it before anything else, so that cotangents which are rounded
    to f16 do not vanish (those below 6e-8 do). A moment that is smaller than the smallest normal number of its type is kept as 0: where gradients
    stay away it would decay to a subnormal number, which processors are slow with, and never to 0.

    | rule | options (default) |
    |---|---|
    | `sgd` | learning_rate (0.001), momentum (0), dampening (0), nesterov (false), weight_decay (0) |
    | `adam` | learning_rate (0.001), beta1 (0.9), beta2 (0.999), epsilon (1e-8), weight_decay (0), amsgrad (false) |
    | `adamw` | as `adam`, with decoupled weight_decay (0.01) |
    | `rmsprop` | learning_rate (0.01), alpha (0.99), epsilon (1e-8), momentum (0), centered (false), weight_decay (0) |
    | `adagrad` | learning_rate (0.01), learning_rate_decay (0), epsilon (1e-10), initial_accumulator (0), weight_decay (0) |

    * C1: every option is one of the rule's, a number (or a boolean where the default is one).
    * C2: learning_rate, epsilon, weight_decay, clip_global_norm are not negative; betas, alpha and momentum are in [0, 1);
      loss_scale is a power of two, so that scaling is exact.
    * C3: nesterov needs momentum > 0 and dampening = 0.

    Example: `sinter.optimizer adam {learning_rate = 0.001}`
  }];
  let arguments = (ins Sinter_OptimizerKindAttr:$kind);
  let assemblyFormat = "custom<EnumKeyword>($kind) attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The option's value, or the rule's default (see the table). Booleans are 0 or 1.
    double getOption(::llvm::StringRef name);
    bool getFlag(::llvm::StringRef name) { return getOption(name) != 0.0; }
    /// Rule and every option that is set, as text for `info` and checkpoints.
    std::string describe();
  }];
}

def Sinter_MetricsOp : Sinter_Op<"metrics", [HasParent<"::mlir::ModuleOp">]> {
  let summary = "what is reported beside the loss";
  let description = [{
    * C1: each name is one of "accuracy", "mae", "r2", at most once.

    Example: `sinter.metrics ["accuracy"]`
  }];
  let arguments = (ins StrArrayAttr:$names);
  let assemblyFormat = "$names attr-dict";
  let hasVerifier = 1;
}

def Sinter_StateOp : Sinter_Op<"state", [HasParent<"::mlir::ModuleOp">]> {
  let summary = "one tensor of the state block";
  let description = [{
    Made when the training step is built: the table of all that lives from step to step, in the order of the block.

    * C1: the type is static.

    Example: `sinter.state "fc1.weight.exp_avg" optimizer : tensor<500x1000xf32>`
  }];
  let arguments = (ins StrAttr:$name, Sinter_StateRoleAttr:$role, TypeAttrOf<Sinter_Tensor>:$type);
  let assemblyFormat = "$name custom<EnumKeyword>($role) `:` $type attr-dict";
  let hasVerifier = 1;
}

#endif // SINTER_DIALECT_IR_DECLARATIONOPS_TD

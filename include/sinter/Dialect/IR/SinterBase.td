// The dialect, its element types and its enumerations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_SINTERBASE_TD
#define SINTER_DIALECT_IR_SINTERBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Sinter_Dialect : Dialect {
  let name = "sinter";
  let summary = "models and their training steps, on tensors";
  let description = [{
    Tensor value semantics; two levels of ops. A small closed core (elementwise maps, broadcast, reduce, dot_general,
    data movement, random bits) and composites that lower to it (linear, softmax, normalizations, losses, ...).

    Declarations (`parameter`, `model`, `loss`, `optimizer`, `metrics`) describe what is trained; `kernel` and `launch`
    carry a training step through fusion to code.

    Elements are f32, f64 and integers. f16 and bf16 are types of storage: `convert` rounds f32 to them and widens them again, `transpose`
    and `reshape` move them, `dot_general` and `linear` multiply them and sum in f32; everything else computes on f32 or f64.
    Parameters, inputs and results of a model are neither.

    A dynamic extent `?` always means the batch: the number of rows present in this call. It is the leading extent of
    inputs, targets and activations; all `?` of a module are equal at run time.
  }];
  let cppNamespace = "::sinter";
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

//===-- Types ----------------------------------------------------------------------------------------------------===//

/// f16 and bf16 are types of storage: converted from and to f32, moved, and multiplied by products that sum in f32.
def Sinter_Float : AnyTypeOf<[F32, F64]>;
def Sinter_Integer : AnyTypeOf<[I1, I8, I32, I64]>;
def Sinter_Element : AnyTypeOf<[F32, F64, I1, I8, I32, I64]>;
def Sinter_Tensor : RankedTensorOf<[Sinter_Element]>;
def Sinter_StoredTensor : RankedTensorOf<[F32, F64, F16, BF16, I1, I8, I32, I64]>;
def Sinter_FloatTensor : RankedTensorOf<[Sinter_Float]>;
def Sinter_FactorTensor : RankedTensorOf<[F32, F64, F16, BF16]>;
def Sinter_IntegerTensor : RankedTensorOf<[Sinter_Integer]>;
def Sinter_PredicateTensor : RankedTensorOf<[I1]>;
def Sinter_FloatScalar : 0DTensorOf<[Sinter_Float]>;
def Sinter_I64Scalar
    : Type<CPred<"$_self == ::mlir::RankedTensorType::get({}, ::mlir::IntegerType::get($_self.getContext(), 64))">,
           "tensor<i64>", "::mlir::RankedTensorType">,
      BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;

//===-- Enumerations ---------------------------------------------------------------------------------------------===//

class Sinter_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::sinter";
  let genSpecializedAttr = 0;
}
class Sinter_EnumAttr<I32EnumAttr base, string mnemonic> : EnumAttr<Sinter_Dialect, base, mnemonic>;

def Sinter_CompareKind : Sinter_Enum<"CompareKind", "ordered comparison; `ne` is true for NaN", [
  I32EnumAttrCase<"EQ", 0, "eq">, I32EnumAttrCase<"NE", 1, "ne">, I32EnumAttrCase<"LT", 2, "lt">,
  I32EnumAttrCase<"LE", 3, "le">, I32EnumAttrCase<"GT", 4, "gt">, I32EnumAttrCase<"GE", 5, "ge">]>;
def Sinter_CompareKindAttr : Sinter_EnumAttr<Sinter_CompareKind, "compare_kind">;

def Sinter_ReduceKind : Sinter_Enum<"ReduceKind", "how elements are combined", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Max", 1, "max">, I32EnumAttrCase<"Mean", 2, "mean">]>;
def Sinter_ReduceKindAttr : Sinter_EnumAttr<Sinter_ReduceKind, "reduce_kind">;

def Sinter_Reduction : Sinter_Enum<"Reduction", "how a loss combines its elements", [
  I32EnumAttrCase<"Mean", 0, "mean">, I32EnumAttrCase<"Sum", 1, "sum">]>;
def Sinter_ReductionAttr : Sinter_EnumAttr<Sinter_Reduction, "reduction">;

def Sinter_GeluForm : Sinter_Enum<"GeluForm", "exact (erf) or the tanh approximation", [
  I32EnumAttrCase<"Erf", 0, "erf">, I32EnumAttrCase<"Tanh", 1, "tanh">]>;
def Sinter_GeluFormAttr : Sinter_EnumAttr<Sinter_GeluForm, "gelu_form">;

def Sinter_InitializerKind : Sinter_Enum<"InitializerKind", "how a parameter starts", [
  I32EnumAttrCase<"Zeros", 0, "zeros">, I32EnumAttrCase<"Ones", 1, "ones">,
  I32EnumAttrCase<"Constant", 2, "constant">, I32EnumAttrCase<"Uniform", 3, "uniform">,
  I32EnumAttrCase<"Normal", 4, "normal">, I32EnumAttrCase<"XavierUniform", 5, "xavier_uniform">,
  I32EnumAttrCase<"XavierNormal", 6, "xavier_normal">, I32EnumAttrCase<"KaimingUniform", 7, "kaiming_uniform">,
  I32EnumAttrCase<"KaimingNormal", 8, "kaiming_normal">]>;
def Sinter_InitializerKindAttr : Sinter_EnumAttr<Sinter_InitializerKind, "initializer_kind">;

def Sinter_OptimizerKind : Sinter_Enum<"OptimizerKind", "update rule, with PyTorch's definition", [
  I32EnumAttrCase<"SGD", 0, "sgd">, I32EnumAttrCase<"Adam", 1, "adam">, I32EnumAttrCase<"AdamW", 2, "adamw">,
  I32EnumAttrCase<"RMSProp", 3, "rmsprop">, I32EnumAttrCase<"Adagrad", 4, "adagrad">]>;
def Sinter_OptimizerKindAttr : Sinter_EnumAttr<Sinter_OptimizerKind, "optimizer_kind">;

def Sinter_StateRole : Sinter_Enum<"StateRole", "what a tensor of the state is for (sinter_role of the ABI)", [
  I32EnumAttrCase<"Parameter", 0, "parameter">, I32EnumAttrCase<"OptimizerState", 1, "optimizer">,
  I32EnumAttrCase<"Gradient", 2, "gradient">]>;
def Sinter_StateRoleAttr : Sinter_EnumAttr<Sinter_StateRole, "state_role">;

def Sinter_Strategy : Sinter_Enum<"Strategy", "which skeleton a kernel's code is emitted from", [
  I32EnumAttrCase<"Map", 0, "map">, I32EnumAttrCase<"Row", 1, "row">, I32EnumAttrCase<"Column", 2, "column">,
  I32EnumAttrCase<"Contraction", 3, "contraction">, I32EnumAttrCase<"Loops", 4, "loops">]>;
def Sinter_StrategyAttr : Sinter_EnumAttr<Sinter_Strategy, "strategy">;

//===-- The schedule ---------------------------------------------------------------------------------------------===//

def Sinter_ScheduleAttr : AttrDef<Sinter_Dialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "how one kernel is tiled, vectorized and split among workers";
  let description = [{
    `vector` is the number of lanes of a vector register for the kernel's widest element type. The meaning of `tile`
    depends on the strategy: `map` [elements per work item, vectors per unrolled iteration]; `row` [rows per work item, rows interleaved, vectors per
    unrolled iteration]; `column` [columns per work item, rows that are combined before an accumulator in memory is
    touched (0: accumulators in registers)]; `loops` [outermost iterations per work item]; `contraction`
    [rows, vectors of the register tile, row tiles, column panels, outer (batch) points per work item (0: all of them),
    extent of a block of the contracted dimension, form, swapped, panels inner, fetches]. The form is 0 (direct: the right operand is read where
    it lies), 1 (packed: its panels are copied first), 2 (dot: vectors run along the contracted dimension), 3 (packed both: row
    tiles are copied too, with panels inner) or 4 (pairs: the same for operands of bf16, which stay such and are multiplied two
    by two: an instruction of some processors, and arithmetic on the others); swapped (1)
    exchanges the roles of the two operands, and tiles are transposed when they are stored. Panels inner (1): an item packs
    all of its panels and passes over them for each row tile, instead of over row tiles for each panel. Fetches (1): while a
    tile is multiplied, what its epilogue will read and write is prefetched.
    `parallel = false` keeps the kernel in the calling thread (it is too short to share).

    Example: `#sinter.schedule<contraction, tile = [8, 3, 8, 1, 1, 1000, 1, 0, 0, 0], vector = 16, parallel = true>`
  }];
  let parameters = (ins EnumParameter<Sinter_Strategy>:$strategy, ArrayRefParameter<"int64_t">:$tile,
                        "int64_t":$vector, "bool":$parallel);
  let assemblyFormat = "`<` $strategy `,` `tile` `=` `[` $tile `]` `,` `vector` `=` $vector `,` `parallel` `=` $parallel `>`";
}

//===-- Ops ------------------------------------------------------------------------------------------------------===//

class Sinter_Op<string mnemonic, list<Trait> traits = []> : Op<Sinter_Dialect, mnemonic, traits>;

#endif // SINTER_DIALECT_IR_SINTERBASE_TD

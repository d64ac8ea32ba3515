// How are arguments made up? One Philox word pair per element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Reference/RandomData.h"

#include "Philox.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

static constexpr double kinkDistance = 0.05;

void sinter::reference::fillRandom(Tensor &tensor, uint64_t seed, uint64_t stream, int64_t limit) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const auto words = philox4x32({uint32_t(i), uint32_t(i >> 32), uint32_t(stream), uint32_t(stream >> 32)},
                                  {uint32_t(seed), uint32_t(seed >> 32)});
    if (tensor.isFloat()) {
      const double uniform = ((uint64_t(words[0]) << 21) ^ (words[1] >> 11)) * 0x1p-53;
      const double size = kinkDistance + (1.0 - kinkDistance) * uniform;
      const double value = rounded(tensor.kind(), size);
      tensor.set(i, words[2] & 1 ? -value : value);
    } else {
      tensor.setInteger(i, static_cast<int64_t>(words[0] % static_cast<uint64_t>(limit)));
    }
  }
}

void sinter::reference::fillIota(Tensor &tensor, int64_t limit) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.isFloat())
      tensor.set(i, static_cast<double>(i));
    else
      tensor.setInteger(i, i % limit);
  }
}

/// Classes of the cross-entropy that a value reaches as a target, 0 if none.
static int64_t classesOf(Value value, int depth = 0) {
  for (OpOperand &use : value.getUses()) {
    if (auto loss = dyn_cast<CrossEntropyOp>(use.getOwner()))
      return cast<RankedTensorType>(loss.getOutput().getType()).getDimSize(1);
    auto call = dyn_cast<func::CallOp>(use.getOwner());
    auto callee =
        call ? SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(call, call.getCalleeAttr()) : nullptr;
    if (callee && !callee.isExternal() && depth < 8)
      if (int64_t classes = classesOf(callee.getArgument(use.getOperandNumber()), depth + 1))
        return classes;
  }
  return 0;
}

int64_t sinter::reference::labelLimit(FunctionOpInterface function, unsigned argument) {
  if (function.isExternal())
    return 2;
  if (int64_t classes = classesOf(function.getArgument(argument)))
    return classes;
  for (Type type : function.getResultTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && tensor.getRank() == 2 && !tensor.isDynamicDim(1))
      return std::max<int64_t>(1, tensor.getDimSize(1));
  return 2;
}

FailureOr<Tensor> sinter::reference::zerosForArgument(FunctionOpInterface function, unsigned argument, int64_t rows) {
  Type type = function.getArgumentTypes()[argument];
  auto tensor = dyn_cast<RankedTensorType>(type);
  std::optional<ElementKind> kind = tensor ? elementKindOf(tensor.getElementType()) : std::nullopt;
  if (!kind)
    return emitError(function->getLoc(), "argument #") << argument << " of '" << function.getName() << "' is of type "
                                                       << type << ", expected a tensor of f32, f64, i1, i8, i32 or i64";
  SmallVector<int64_t> shape = llvm::map_to_vector(
      tensor.getShape(), [&](int64_t extent) { return ShapedType::isDynamic(extent) ? rows : extent; });
  int64_t elements = 0;
  if (llvm::Error error = countElements(shape, elements))
    return emitError(function.getArgument(argument).getLoc(), "argument #")
           << argument << " of '" << function.getName() << "', " << type << ": " << llvm::toString(std::move(error));
  return Tensor(*kind, shape);
}

FailureOr<SmallVector<Tensor>> sinter::reference::randomArguments(FunctionOpInterface function, int64_t rows,
                                                                  uint64_t seed) {
  SmallVector<Tensor> arguments;
  for (unsigned number = 0; number < function.getNumArguments(); ++number) {
    FailureOr<Tensor> tensor = zerosForArgument(function, number, rows);
    if (failed(tensor))
      return failure();
    fillRandom(*tensor, seed, number, labelLimit(function, number));
    arguments.push_back(std::move(*tensor));
  }
  return arguments;
}

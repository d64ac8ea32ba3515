// What does the copy engine have to know of an operand? See WgmmaOperand.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "WgmmaOperand.h"

#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

std::optional<WgmmaOperand> planWgmmaOperand(const ContractionProblem &p, const ContractionOperand &operand,
                                             const ContractionDim &dim, int64_t rows) {
  Type element = operand.element();
  if (operand.prologue || operand.sources.size() != 1)
    return std::nullopt;
  const ContractionOperand::Source &source = operand.sources.front();
  auto strideOf = [&](const ContractionDim &d) { return strideAlong(source.strides, d); };
  WgmmaOperand plan{strideOf(p.k) == 1, {}, {}};
  const ContractionDim &inner = plan.alongK ? p.k : dim, &second = plan.alongK ? dim : p.k;
  const int64_t bytes = elementBytes(element), stretch = kWgmmaRowBytes / bytes;
  // Elements of four bytes cannot be transposed.
  if (strideOf(inner) != 1 || strideOf(second) == 0 || (!plan.alongK && bytes != 2))
    return std::nullopt;
  constexpr int64_t f16 = 6, bf16 = 9, tf32 = 11; // CUtensorMapDataType
  plan.numbers.element = element.isBF16() ? bf16 : element.isF16() ? f16 : tf32;
  auto add = [&](const ContractionDim &d, int64_t box) {
    plan.numbers.dims.push_back({d.dynamic ? d.perRow : 0, d.dynamic ? 0 : d.extent, strideOf(d) * bytes, box});
  };
  add(inner, stretch);
  add(second, plan.alongK ? rows : kWgmmaBoxRows);
  for (ArrayRef<ContractionDim> dims : {ArrayRef(p.outer), ArrayRef(p.outerK)})
    for (const ContractionDim &d : dims)
      if (strideOf(d) != 0) {
        plan.further.push_back(&d);
        add(d, 1);
      }
  constexpr size_t mostDims = 5;
  auto isAligned = [](const TensorMapNumbers::Dim &d) { return d.strideBytes % kAccessBytes == 0; };
  if (plan.numbers.dims.size() > mostDims || !llvm::all_of(ArrayRef(plan.numbers.dims).drop_front(), isAligned))
    return std::nullopt;
  return plan;
}

} // namespace sinter

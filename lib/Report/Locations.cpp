// Places in the model's text, and the numbers that link what is made from an op of phase `step` to that op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Locations.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "sinter/Transforms/Decompose/Source.h"
#include "llvm/ADT/STLExtras.h"

#include <cstdio>
#include <cstdlib>

using namespace mlir;

namespace sinter {

/// The metadata of a fused location that carries a number: {sinter.step_op = 3}.
static constexpr llvm::StringLiteral kNumberAttr = "sinter.step_op";

/// Inside of the location that names a composite, if there is one: decomposition looks at the outermost.
void setStepNumber(Operation *op, int64_t number) {
  Builder builder(op->getContext());
  Attribute id = builder.getDictionaryAttr(builder.getNamedAttr(kNumberAttr, builder.getI64IntegerAttr(number)));
  Location loc = op->getLoc();
  if (compositeName(loc).empty()) {
    op->setLoc(FusedLoc::get(builder.getContext(), {loc}, id));
    return;
  }
  auto named = cast<FusedLoc>(loc);
  Location inner = FusedLoc::get(builder.getContext(), named.getLocations(), id);
  op->setLoc(FusedLoc::get(builder.getContext(), {inner}, named.getMetadata()));
}

SmallVector<int64_t> stepNumbers(Location loc) {
  SmallVector<int64_t> numbers;
  loc->walk([&](Location part) {
    auto fused = dyn_cast<FusedLoc>(part);
    auto metadata = fused ? dyn_cast_or_null<DictionaryAttr>(fused.getMetadata()) : DictionaryAttr();
    auto id = metadata ? metadata.getAs<IntegerAttr>(kNumberAttr) : IntegerAttr();
    if (!id)
      return WalkResult::advance();
    numbers.push_back(id.getInt());
    return WalkResult::skip(); // numbers further in are the text's own
  });
  llvm::sort(numbers);
  numbers.erase(llvm::unique(numbers), numbers.end());
  return numbers;
}

static FileLineColRange firstPlace(Location loc) {
  FileLineColRange place;
  loc->walk([&](Location part) {
    place = dyn_cast<FileLineColRange>(part);
    return place ? WalkResult::interrupt() : WalkResult::advance();
  });
  return place;
}

llvm::json::Value placeOf(Location loc) {
  FileLineColRange place = firstPlace(loc);
  if (!place)
    return nullptr;
  return llvm::json::Object{
      {"file", place.getFilename().getValue()}, {"line", place.getStartLine()}, {"column", place.getStartColumn()}};
}

llvm::json::Array sourcesOf(Location loc) {
  llvm::json::Array sources;
  loc->walk([&](Location part) {
    StringRef name = compositeName(part);
    if (name.empty())
      return WalkResult::advance();
    llvm::json::Value source = llvm::json::Object{{"op", name}, {"location", placeOf(part)}};
    if (!llvm::is_contained(sources, source))
      sources.push_back(std::move(source));
    return WalkResult::skip();
  });
  return sources;
}

double rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return std::strtod(text, nullptr);
}

} // namespace sinter

// How is a scalar function that the user wrote differentiated? By running backpropagation inside its region: the
// cotangents of a `sinter.map` are another `sinter.map`, of the inputs and the results' cotangents.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/IR/IRMapping.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"

using namespace mlir;

namespace sinter {

namespace {
/// The region of the cotangent's map while it is built: the forward ops, then the backward ones.
struct BackwardBody {
  Region region;
  SmallVector<Value> operands;   // of the new map: the inputs, then the cotangents there are
  SmallVector<Seed> seeds;       // what is yielded, with its cotangent
  SmallVector<Value> inputs;     // block arguments of the inputs asked for
  SmallVector<unsigned> indices; // and which inputs they are
};
} // namespace

static void cloneForward(MapOp map, Vjp &v, BackwardBody &body, OpBuilder &builder) {
  Block &source = map.getBody().front();
  Block *block = builder.createBlock(&body.region);
  IRMapping mapping;
  for (auto [index, argument] : llvm::enumerate(source.getArguments())) {
    body.operands.push_back(map.getInputs()[index]);
    Value copy = block->addArgument(argument.getType(), v.getLoc());
    mapping.map(argument, copy);
    if (v.needs(index)) {
      body.inputs.push_back(copy);
      body.indices.push_back(index);
    }
  }
  for (Operation &op : source.without_terminator())
    builder.clone(op, mapping);
  for (auto [index, yielded] : llvm::enumerate(source.getTerminator()->getOperands())) {
    if (!v.resultCotangents[index])
      continue;
    body.operands.push_back(v.resultCotangents[index]);
    Value cotangent = block->addArgument(yielded.getType(), v.getLoc());
    body.seeds.push_back({mapping.lookupOrDefault(yielded), cotangent});
  }
}

/// Drops ops and block arguments that nothing reads, and the operands that belong to them.
static void removeUnused(BackwardBody &body) {
  Block &block = body.region.front();
  eraseDeadOps(block, block.getTerminator()->getIterator(), nullptr);
  for (unsigned i = block.getNumArguments(); i-- > 0;) {
    if (!block.getArgument(i).use_empty())
      continue;
    block.eraseArgument(i);
    body.operands.erase(body.operands.begin() + i);
  }
}

static LogicalResult map(MapOp map, Vjp &v) {
  BackwardBody body;
  OpBuilder builder(map.getContext());
  cloneForward(map, v, body, builder);
  FailureOr<SmallVector<Value>> cotangents = backpropagate(builder, body.seeds, body.inputs);
  if (failed(cotangents))
    return failure();

  SmallVector<Value> yielded;
  SmallVector<unsigned> indices;
  SmallVector<Type> types;
  for (auto [index, cotangent] : llvm::zip_equal(body.indices, *cotangents)) {
    if (!cotangent)
      continue;
    yielded.push_back(cotangent);
    indices.push_back(index);
    types.push_back(map.getInputs()[index].getType());
  }
  if (yielded.empty())
    return success();
  YieldOp::create(builder, v.getLoc(), yielded);
  removeUnused(body);

  auto backward = MapOp::create(v.getBuilder(), v.getLoc(), types, body.operands);
  backward.getBody().takeBody(body.region);
  for (auto [index, result] : llvm::zip_equal(indices, backward.getOutputs()))
    v.operand(index, v.wrap(result));
  return success();
}

void addMapRule(Rules &r) {
  r.add<MapOp>(static_cast<LogicalResult (*)(MapOp, Vjp &)>(map));
}

} // namespace sinter

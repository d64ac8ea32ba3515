// How does a step function read once every tensor has its place?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "sinter/Transforms/Memory/StepPlan.h"

using namespace mlir;

namespace sinter {
namespace {

struct NewArgument {
  Type type;
  DictionaryAttr attributes;
};

class StepRewriter {
public:
  StepRewriter(const StepPlan &plan, const StepPlanContext &context)
      : plan(plan), context(context), old(plan.function), builder(old) {}

  void run(int64_t stateBytes, int64_t scratchBytes) {
    addSignature(stateBytes, scratchBytes);
    createFunction();
    rewriteBody();
    old.erase();
  }

private:
  unsigned addArgument(Type type, StringRef role, Attribute name = {}, Type tensorType = {}) {
    SmallVector<NamedAttribute> attributes{builder.getNamedAttr(kRoleAttr, builder.getStringAttr(role))};
    if (name)
      attributes.push_back(builder.getNamedAttr(kNameAttr, name));
    if (tensorType)
      attributes.push_back(builder.getNamedAttr(kTensorTypeAttr, TypeAttr::get(tensorType)));
    signature.push_back({type, builder.getDictionaryAttr(attributes)});
    return signature.size() - 1;
  }

  MemRefType blockType(int64_t bytes) { return MemRefType::get({bytes}, builder.getI8Type()); }

  void addSignature(int64_t stateBytes, int64_t scratchBytes) {
    auto uses = [&](Space space) {
      return llvm::any_of(plan.buffers, [&](const Buffer &buffer) { return buffer.space == space; });
    };
    if (uses(Space::State))
      stateArgument = addArgument(blockType(stateBytes), "state");
    if (uses(Space::Scratch))
      scratchArgument = addArgument(blockType(scratchBytes), "scratch");
    addArgumentsOfRole("input");
    addArgumentsOfRole("target");
    addResultsOfRole("output");
    addResultsOfRole("loss");
    for (StringRef role : ArrayRef(kArgumentRoles).drop_front(2))
      addArgumentsOfRole(role);
    rowsArgument = addArgument(builder.getIndexType(), "rows");
  }

  void addArgumentsOfRole(StringRef role) {
    for (unsigned i = 0, e = old.getNumArguments(); i != e; ++i) {
      if (old.getArgAttrOfType<StringAttr>(i, kRoleAttr).getValue() != role)
        continue;
      auto type = cast<RankedTensorType>(old.getArgument(i).getType());
      argumentAt[i] = addArgument(largestMemRefType(type, context.batch), role, old.getArgAttr(i, kNameAttr), type);
    }
  }

  void addResultsOfRole(StringRef role) {
    for (unsigned i = 0, e = old.getNumResults(); i != e; ++i) {
      if (old.getResultAttrOfType<StringAttr>(i, kRoleAttr).getValue() != role)
        continue;
      auto type = cast<RankedTensorType>(old.getResultTypes()[i]);
      resultAt[i] = addArgument(largestMemRefType(type, context.batch), role, old.getResultAttr(i, kNameAttr), type);
    }
  }

  void createFunction() {
    SmallVector<Type> types;
    SmallVector<DictionaryAttr> attributes;
    for (const NewArgument &argument : signature) {
      types.push_back(argument.type);
      attributes.push_back(argument.attributes);
    }
    function = func::FuncOp::create(builder, old.getLoc(), old.getName(), builder.getFunctionType(types, {}));
    function.setVisibility(old.getVisibility());
    function.setAllArgAttrs(attributes);
    function->setAttr(kScratchBytesAttr, builder.getI64IntegerAttr(plan.scratchBytes));
    builder.setInsertionPointToStart(function.addEntryBlock());
  }

  void rewriteBody() {
    int64_t number = 0;
    const Copy *copy = plan.copies.begin();
    for (Operation &op : old.front()) {
      for (; copy != plan.copies.end() && copy->position == number; ++copy)
        emitCopy(*copy, op.getLoc());
      if (auto launch = dyn_cast<LaunchOp>(op))
        emitLaunch(launch);
      ++number;
    }
    func::ReturnOp::create(builder, old.front().getTerminator()->getLoc());
  }

  void emitLaunch(LaunchOp launch) {
    SmallVector<Value> inputs, outs;
    for (Value input : launch.getInputs())
      inputs.push_back(view(plan.bufferOf.lookup(input), input.getType(), launch.getLoc()));
    for (OpOperand &operand : launch.getOutsMutable())
      outs.push_back(view(plan.destinationOf.lookup(&operand), operand.get().getType(), launch.getLoc()));
    auto op = LaunchOp::create(builder, launch.getLoc(), TypeRange(), launch.getKernelAttr(), launch.getItemsAttr(),
                               launch.getParallelAttr(), launch.getTogetherAttr(), inputs, outs,
                               function.getArgument(rowsArgument));
    op->setDiscardableAttrs(launch->getDiscardableAttrDictionary());
  }

  void emitCopy(const Copy &copy, Location loc) {
    Value from = view(copy.from, copy.type, loc), to = view(copy.to, copy.type, loc);
    if (copy.type.getRank() > 0 && copy.type.isDynamicDim(0)) {
      from = presentRows(from, loc);
      to = presentRows(to, loc);
    }
    memref::CopyOp::create(builder, loc, from, to);
  }

  /// The rows of this call only: a caller's buffer may end there.
  Value presentRows(Value memref, Location loc) {
    auto type = cast<MemRefType>(memref.getType());
    SmallVector<int64_t> shape(type.getShape()), strides = type.getStridesAndOffset().first;
    shape.front() = ShapedType::kDynamic;
    SmallVector<OpFoldResult> sizes{function.getArgument(rowsArgument)}, steps;
    for (int64_t extent : type.getShape().drop_front())
      sizes.push_back(builder.getIndexAttr(extent));
    for (int64_t stride : strides)
      steps.push_back(builder.getIndexAttr(stride));
    return memref::ReinterpretCastOp::create(builder, loc, MemRefType::get(shape, type.getElementType()), memref,
                                             OpFoldResult(builder.getIndexAttr(0)), sizes, steps);
  }

  Value view(unsigned number, Type tensorType, Location loc) {
    MemRefType type = largestMemRefType(cast<RankedTensorType>(tensorType), context.batch);
    Value &cached = views[{number, type}];
    if (cached)
      return cached;
    const Buffer &buffer = plan.buffers[number];
    switch (buffer.space) {
    case Space::State:
      return cached = blockView(stateArgument, buffer.offset, type, loc);
    case Space::Scratch:
      return cached = blockView(scratchArgument, buffer.offset, type, loc);
    case Space::Argument:
      return cached = reshaped(function.getArgument(argumentAt.lookup(buffer.index)), type, loc);
    case Space::Result:
      return cached = reshaped(function.getArgument(resultAt.lookup(buffer.index)), type, loc);
    case Space::Constant:
      return cached = reshaped(constant(buffer, loc), type, loc);
    }
    llvm_unreachable("all spaces are handled");
  }

  Value blockView(unsigned argument, int64_t offset, MemRefType type, Location loc) {
    Value start = arith::ConstantIndexOp::create(builder, loc, offset);
    return memref::ViewOp::create(builder, loc, type, function.getArgument(argument), start, ValueRange());
  }

  Value reshaped(Value memref, MemRefType type, Location loc) {
    if (memref.getType() == type)
      return memref;
    return memref::ReinterpretCastOp::create(builder, loc, type, memref, /*offset=*/0, type.getShape(),
                                             type.getStridesAndOffset().first);
  }

  Value constant(const Buffer &buffer, Location loc) {
    auto value = cast<ElementsAttr>(buffer.origin.getDefiningOp<arith::ConstantOp>().getValue());
    memref::GlobalOp global = findOrCreateGlobal(value, loc);
    return memref::GetGlobalOp::create(builder, loc, global.getType(), global.getName());
  }

  memref::GlobalOp findOrCreateGlobal(ElementsAttr value, Location loc) {
    auto module = old->getParentOfType<ModuleOp>();
    unsigned count = 0;
    for (auto global : module.getOps<memref::GlobalOp>()) {
      if (global.getInitialValueAttr() == value)
        return global;
      ++count;
    }
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    MemRefType type = largestMemRefType(cast<RankedTensorType>(value.getType()), context.batch);
    return memref::GlobalOp::create(builder, loc, ("constant_" + Twine(count)).str(), builder.getStringAttr("private"),
                                    type, value, /*constant=*/true, builder.getI64IntegerAttr(kBlockAlignment));
  }

  const StepPlan &plan;
  const StepPlanContext &context;
  func::FuncOp old;
  OpBuilder builder;
  func::FuncOp function;
  SmallVector<NewArgument> signature;
  unsigned stateArgument = 0, scratchArgument = 0, rowsArgument = 0;
  llvm::DenseMap<unsigned, unsigned> argumentAt, resultAt; ///< old number -> new argument
  llvm::DenseMap<std::pair<unsigned, Type>, Value> views;
};

} // namespace

void rewriteStep(const StepPlan &plan, const StepPlanContext &context, int64_t stateBytes, int64_t scratchBytes) {
  StepRewriter(plan, context).run(stateBytes, scratchBytes);
}

} // namespace sinter

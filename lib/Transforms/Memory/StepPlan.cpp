// Where does each tensor of one step function live, and what has to be copied?
//
// Values that differ only by `sinter.reshape` are one version of one buffer; its root is the value that is not a
// reshape. Launches that are `together`, on a GPU at least, happen at once, from the first one's number to the last
// one's. A launch makes a new version of each destination: in the same buffer if nobody reads the old version at or
// after the launch, else in a copy. A value that ends as a result is computed in the result's own memory if nothing
// else happens there in the meantime.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Memory/StepPlan.h"
#include "BestFit.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"

using namespace mlir;

namespace sinter {
namespace {

class StepPlanner {
public:
  StepPlanner(func::FuncOp function, const StepPlanContext &context) : context(context) { plan.function = function; }

  FailureOr<StepPlan> run() {
    numberOps();
    if (failed(addArguments()))
      return failure();
    for (Operation &op : plan.function.front())
      if (failed(visit(&op)))
        return failure();
    placeScratch();
    return std::move(plan);
  }

private:
  /// Launches that are together begin with the first and end with the last of them.
  void numberOps() {
    int64_t number = 0;
    SmallVector<LaunchOp> group;
    auto finish = [&] {
      for (LaunchOp launch : group)
        numberOf[launch] = numberOf[group.front()], endOf[launch] = endOf[group.back()];
      group.clear();
    };
    for (Operation &op : plan.function.front()) {
      auto launch = dyn_cast<LaunchOp>(op);
      if (launch && !launch.getTogether() && !launch->hasAttr(kDeviceTogetherAttr))
        finish();
      numberOf[&op] = endOf[&op] = number++;
      if (launch)
        group.push_back(launch);
    }
    finish();
  }

  unsigned addBuffer(Space space, int64_t index, Value origin, int64_t first) {
    auto type = cast<RankedTensorType>(origin.getType());
    int64_t offset = space == Space::State ? context.slots[index].offset : 0;
    plan.buffers.push_back({space, index, tensorBytes(type, context.batch), first, first, origin, offset});
    return plan.buffers.size() - 1;
  }

  /// The slot of the state named by the attributes of an argument or result, or -1 with a diagnostic.
  int64_t slotNamed(Attribute name, Type type, Location loc) {
    auto text = dyn_cast_or_null<StringAttr>(name);
    auto slot = text ? context.slotOf.find(text.getValue()) : context.slotOf.end();
    if (slot == context.slotOf.end()) {
      emitError(loc) << "no `sinter.state` is named " << (text ? text.getValue() : "(no `sinter.name`)");
      return -1;
    }
    StateOp state = context.slots[slot->second].op;
    if (state.getType() != type) {
      emitError(loc) << "state " << text << " has type " << state.getType() << ", found " << type;
      return -1;
    }
    return slot->second;
  }

  LogicalResult addArguments() {
    func::FuncOp fn = plan.function;
    for (BlockArgument arg : fn.getArguments()) {
      if (!isa<RankedTensorType>(arg.getType()))
        return fn.emitError() << "argument " << arg.getArgNumber() << " has type " << arg.getType()
                              << ", expected a ranked tensor";
      unsigned number = arg.getArgNumber();
      auto role = fn.getArgAttrOfType<StringAttr>(number, kRoleAttr);
      if (!role)
        return fn.emitError() << "argument " << number << " has no `sinter.role`";
      if (role.getValue() != "state" && !llvm::is_contained(kArgumentRoles, role.getValue()))
        return fn.emitError() << "argument " << number << " has the unknown role " << role;
      if (role.getValue() != "state") {
        plan.bufferOf[arg] = addBuffer(Space::Argument, number, arg, /*first=*/-1);
        continue;
      }
      int64_t slot = slotNamed(fn.getArgAttr(number, kNameAttr), arg.getType(), fn.getLoc());
      if (slot < 0)
        return failure();
      plan.bufferOf[arg] = stateBuffer[slot] = addBuffer(Space::State, slot, arg, /*first=*/-1);
    }
    return success();
  }

  LogicalResult visit(Operation *op) {
    if (isa<tensor::EmptyOp, tensor::DimOp>(op) || (isa<arith::ConstantOp>(op) && !isTensor(op)))
      return success();
    if (isa<arith::ConstantOp>(op)) {
      plan.bufferOf[op->getResult(0)] = addBuffer(Space::Constant, 0, op->getResult(0), numberOf[op]);
      return success();
    }
    if (auto reshape = dyn_cast<ReshapeOp>(op)) {
      plan.bufferOf[reshape.getResult()] = access(reshape.getInput(), numberOf[op]);
      return success();
    }
    if (auto launch = dyn_cast<LaunchOp>(op))
      return visitLaunch(launch);
    if (auto ret = dyn_cast<func::ReturnOp>(op))
      return visitReturn(ret);
    return op->emitError() << "unexpected in a step function of phase `tiles`";
  }

  static bool isTensor(Operation *op) { return isa<RankedTensorType>(op->getResult(0).getType()); }

  /// The buffer of `value`, which is used by op number `at`. An empty tensor that is read gets its buffer here.
  unsigned access(Value value, int64_t at) {
    Value root = rootOf(value);
    auto [entry, isNew] = plan.bufferOf.try_emplace(root, 0);
    if (isNew)
      entry->second = addBuffer(Space::Scratch, 0, root, numberOf.lookup(root.getDefiningOp()));
    Buffer &buffer = plan.buffers[entry->second];
    buffer.last = std::max(buffer.last, at);
    return entry->second;
  }

  LogicalResult visitLaunch(LaunchOp launch) {
    int64_t at = numberOf[launch], end = endOf[launch];
    for (Value input : launch.getInputs())
      access(input, end);
    for (auto [operand, result] : llvm::zip_equal(launch.getOutsMutable(), launch.getResults())) {
      unsigned buffer = destinationOf(operand, at);
      plan.buffers[buffer].last = std::max(plan.buffers[buffer].last, end);
      plan.destinationOf[&operand] = buffer;
      plan.bufferOf[result] = buffer;
    }
    return success();
  }

  unsigned destinationOf(OpOperand &operand, int64_t at) {
    Value root = rootOf(operand.get());
    if (root.getDefiningOp<tensor::EmptyOp>())
      return addBuffer(Space::Scratch, 0, operand.get(), at);
    unsigned old = access(root, at);
    bool writable = isWritable(operand, root, old);
    if (writable && !isReadFrom(root, at, &operand))
      return old;
    StringRef reason = writable                                  ? "the old value is still read"
                       : plan.buffers[old].space == Space::State ? "the new value is not returned as this state"
                                                                 : "the step does not write this memory";
    unsigned fresh = addBuffer(Space::Scratch, 0, operand.get(), at);
    plan.copies.push_back({at, old, fresh, cast<RankedTensorType>(operand.get().getType()), reason});
    return fresh;
  }

  /// May the launch write into `buffer`? State may be changed only if the new value is returned as that state.
  bool isWritable(OpOperand &operand, Value root, unsigned buffer) {
    switch (plan.buffers[buffer].space) {
    case Space::Scratch:
      return true;
    case Space::State:
      return becomesState(cast<LaunchOp>(operand.getOwner()), operand, plan.buffers[buffer].index);
    default:
      return false;
    }
  }

  bool becomesState(LaunchOp launch, OpOperand &operand, int64_t slot) {
    unsigned position = operand.getOperandNumber() - launch.getOutsMutable().begin()->getOperandNumber();
    SmallVector<Value> worklist{launch.getResult(position)};
    while (!worklist.empty()) {
      Value value = worklist.pop_back_val();
      for (OpOperand &use : value.getUses()) {
        if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner()))
          worklist.push_back(reshape.getResult());
        else if (auto ret = dyn_cast<func::ReturnOp>(use.getOwner())) {
          if (isStateResult(use.getOperandNumber()) && slotOfResult(use.getOperandNumber()) == slot)
            return true;
        } else if (auto next = dyn_cast<LaunchOp>(use.getOwner())) {
          auto outs = next.getOutsMutable();
          if (use.getOperandNumber() >= outs.begin()->getOperandNumber() && becomesState(next, use, slot))
            return true;
        }
      }
    }
    return false;
  }

  bool isStateResult(unsigned number) {
    auto role = plan.function.getResultAttrOfType<StringAttr>(number, kRoleAttr);
    return role && role.getValue() == "state";
  }

  int64_t slotOfResult(unsigned number) {
    auto name = plan.function.getResultAttrOfType<StringAttr>(number, kNameAttr);
    auto slot = name ? context.slotOf.find(name.getValue()) : context.slotOf.end();
    return slot == context.slotOf.end() ? -1 : slot->second;
  }

  /// Does anybody but `self` use this version at op number `at` or later?
  bool isReadFrom(Value value, int64_t at, OpOperand *self) {
    for (OpOperand &use : value.getUses()) {
      if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner())) {
        // A reshape that only leads to `self` is `self`.
        if (isReadFrom(reshape.getResult(), at, self))
          return true;
      } else if (&use != self && numberOf.lookup(use.getOwner()) >= at && !isa<tensor::DimOp>(use.getOwner())) {
        return true;
      }
    }
    return false;
  }

  LogicalResult visitReturn(func::ReturnOp ret) {
    int64_t end = numberOf[ret];
    for (OpOperand &operand : ret->getOpOperands())
      if (!isStateResult(operand.getOperandNumber()) || !isHome(operand))
        access(operand.get(), end);
    SmallVector<Copy> saves, stores;
    for (OpOperand &operand : ret->getOpOperands())
      if (failed(placeResult(operand, end, saves, stores)))
        return failure();
    plan.copies.append(saves);
    plan.copies.append(stores);
    return success();
  }

  /// Is the operand already in the memory of the state it is returned as?
  bool isHome(OpOperand &operand) {
    const Buffer &buffer = plan.buffers[access(operand.get(), -1)];
    return buffer.space == Space::State && buffer.index == slotOfResult(operand.getOperandNumber());
  }

  LogicalResult placeResult(OpOperand &operand, int64_t end, SmallVectorImpl<Copy> &saves,
                            SmallVectorImpl<Copy> &stores) {
    func::FuncOp fn = plan.function;
    unsigned number = operand.getOperandNumber();
    auto role = fn.getResultAttrOfType<StringAttr>(number, kRoleAttr);
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!role || !type || !llvm::is_contained({"state", "output", "loss"}, role.getValue()))
      return fn.emitError() << "result " << number
                            << " must be a ranked tensor with a `sinter.role` of state, output or loss";
    bool isState = isStateResult(number);
    int64_t slot = isState ? slotNamed(fn.getResultAttr(number, kNameAttr), type, fn.getLoc()) : -1;
    if (isState && slot < 0)
      return failure();
    if (isState && isHome(operand)) {
      plan.resultBuffers.push_back(~0u);
      return success();
    }
    unsigned source = access(operand.get(), end);
    unsigned target;
    Space space = isState ? Space::State : Space::Result;
    if (canMove(source, isState, slot)) {
      Buffer &buffer = plan.buffers[source];
      buffer.space = space;
      buffer.index = isState ? slot : number;
      buffer.offset = isState ? context.slots[slot].offset : 0;
      target = source;
    } else {
      target = addBuffer(space, isState ? slot : number, operand.get(), end);
      if (plan.buffers[source].space == Space::State) { // may itself be overwritten by another result
        unsigned saved = addBuffer(Space::Scratch, 0, operand.get(), end);
        saves.push_back({end, source, saved, type, "another result may be written over it"});
        source = saved;
      }
      stores.push_back({end, source, target, type,
                        plan.buffers[source].space == Space::Scratch
                            ? "the memory of the result is needed until the end"
                            : "the value has memory of its own"});
    }
    if (isState)
      stateBuffer.try_emplace(slot, target);
    plan.resultBuffers.push_back(isState ? ~0u : target);
    return success();
  }

  /// Can the scratch buffer be the memory of the result from its first write on?
  bool canMove(unsigned source, bool isState, int64_t slot) {
    const Buffer &buffer = plan.buffers[source];
    if (buffer.space != Space::Scratch)
      return false;
    if (!isState)
      return true;
    auto home = stateBuffer.find(slot);
    return home == stateBuffer.end() || plan.buffers[home->second].last < buffer.first;
  }

  void placeScratch() {
    SmallVector<LiveRange> ranges;
    for (const Buffer &buffer : plan.buffers)
      if (buffer.space == Space::Scratch)
        ranges.push_back({buffer.bytes, buffer.first, buffer.last, 0});
    plan.scratchBytes = placeByBestFit(ranges, kBlockAlignment);
    plan.scratchBound = largestLiveSum(ranges, kBlockAlignment);
    const LiveRange *range = ranges.begin();
    for (Buffer &buffer : plan.buffers)
      if (buffer.space == Space::Scratch)
        buffer.offset = (range++)->offset;
  }

  const StepPlanContext &context;
  StepPlan plan;
  llvm::DenseMap<Operation *, int64_t> numberOf, endOf;
  llvm::DenseMap<int64_t, unsigned> stateBuffer; ///< by slot
};

} // namespace

FailureOr<StepPlan> planStep(func::FuncOp function, const StepPlanContext &context) {
  return StepPlanner(function, context).run();
}

} // namespace sinter

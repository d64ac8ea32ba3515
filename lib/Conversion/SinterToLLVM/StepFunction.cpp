// How does a step function become a C function?
//
//   memref.view block[c]      ->  block + c
//   memref.reinterpret_cast   ->  the same pointer
//   memref.get_global         ->  llvm.mlir.addressof
//   memref.copy               ->  llvm.memcpy
//   sinter.launch             ->  call, or parallel_for with a task; args->observer is told before and after
//   several `together`        ->  one parallel_for, of which each stretch is a share of every launch; if there is an
//                                 observer, one after the other, so that it sees each alone
//
// A step function is straight-line code on addresses known at compile time, so it is lowered here in one walk, without
// memref descriptors. Kernels go through MLIR's own conversions; a pointer to one is taken with `func.constant`, which
// those conversions turn into its address.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "sinter-rt/artifact.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {
namespace {

/// Fields of sinter_step_args, in the order of the header.
enum StepArgsField {
  StructSize,
  Reserved,
  State,
  Scratch,
  Inputs,
  Targets,
  Outputs,
  Loss,
  Rows,
  LearningRate,
  Step,
  Seed,
  ParallelFor,
  Pool,
  Observer,
  ObserverContext
};

Type stepArgsType(OpBuilder &builder) {
  Type i32 = builder.getI32Type(), i64 = builder.getI64Type(), f64 = builder.getF64Type();
  Type ptr = LLVM::LLVMPointerType::get(builder.getContext());
  return LLVM::LLVMStructType::getLiteral(
      builder.getContext(), {i32, i32, ptr, ptr, ptr, ptr, ptr, ptr, i64, f64, i64, i64, ptr, ptr, ptr, ptr});
}

class StepEmitter {
public:
  StepEmitter(func::FuncOp step, StringRef prefix, const IoTables &io, int64_t batch, int64_t firstKernel)
      : step(step), module(step->getParentOfType<ModuleOp>()), prefix(prefix), io(io), batch(batch),
        kernelRow(firstKernel), builder(step.getLoc(), step), pointer(LLVM::LLVMPointerType::get(step.getContext())),
        i64(builder.getI64Type()) {}

  LogicalResult run();

private:
  Value constant32(int32_t value) {
    return LLVM::ConstantOp::create(builder, builder.getI32Type(), builder.getI32IntegerAttr(value));
  }
  Value constant(int64_t value) { return LLVM::ConstantOp::create(builder, i64, builder.getI64IntegerAttr(value)); }
  Value field(StepArgsField number) {
    return LLVM::GEPOp::create(builder, pointer, stepArgsType(builder), args, ArrayRef<LLVM::GEPArg>{0, number});
  }
  Value load(Type type, Value address) { return LLVM::LoadOp::create(builder, type, address); }
  Value loadField(StepArgsField number, Type type) { return load(type, field(number)); }
  Value element(Value array, int64_t index) {
    return LLVM::GEPOp::create(builder, pointer, pointer, array, ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
  }

  void createFunction();
  void checkArguments();
  void returnUnless(Value condition, int32_t status);
  void bindArguments();
  LogicalResult convert(Operation &op);
  Value addressOfGlobal(memref::GetGlobalOp op);
  void convertCopy(memref::CopyOp copy);
  void convertPendingLaunches();
  void convertLaunch(LaunchOp launch);
  void convertGroup();
  SmallVector<Value> pointersOf(LaunchOp launch);
  Value contextOf(int64_t words);
  void launchParallel(LaunchOp launch, ArrayRef<Value> pointers, Value items);
  void launchTogether(ArrayRef<LaunchOp> launches);
  LLVM::LLVMFuncOp taskFor(LaunchOp launch);
  LLVM::LLVMFuncOp taskFor(ArrayRef<LaunchOp> launches);
  void runShareOf(LaunchOp launch, ArrayRef<Value> pointers, Value lo, Value hi);
  Value isNull(Value pointer);
  LLVM::LLVMFuncOp runItems();
  void observe(bool ended);
  LLVM::LLVMFuncOp notifyObserver();
  void callKernel(LaunchOp launch, ValueRange arguments);
  Value expand(AffineExpr expr);

  func::FuncOp step;
  ModuleOp module;
  StringRef prefix;
  const IoTables &io;
  int64_t batch;
  int64_t kernelRow; ///< the row that the next launch has in the kernel table
  ImplicitLocOpBuilder builder;
  Type pointer, i64;
  LLVM::LLVMFuncOp function;
  Value args, rows;
  LLVM::AllocaOp context;
  SmallVector<LaunchOp> pending; ///< not converted yet: launches that are together
  llvm::DenseMap<Value, Value> pointerOf;
};

LogicalResult StepEmitter::run() {
  createFunction();
  checkArguments();
  bindArguments();
  for (Operation &op : step.front()) {
    builder.setLoc(op.getLoc());
    if (failed(convert(op)))
      return failure();
  }
  return success();
}

void StepEmitter::createFunction() {
  std::string name = (prefix + "_artifact_" + step.getName()).str();
  auto type = LLVM::LLVMFunctionType::get(builder.getI32Type(), {pointer});
  function = LLVM::LLVMFuncOp::create(builder, name, type);
  function.setArgAttr(0, "llvm.noundef", builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock(builder));
  args = function.getArgument(0);
}

void StepEmitter::returnUnless(Value condition, int32_t status) {
  Block *fail = function.addBlock(), *next = function.addBlock();
  LLVM::CondBrOp::create(builder, condition, next, fail);
  builder.setInsertionPointToStart(fail);
  LLVM::ReturnOp::create(builder, constant32(status));
  builder.setInsertionPointToStart(next);
}

void StepEmitter::checkArguments() {
  Value size = loadField(StructSize, builder.getI32Type());
  Value expected = constant32(sizeof(sinter_step_args));
  returnUnless(LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::eq, size, expected), 1);
  if (step.getName() == "init") { // depends on no rows
    rows = constant(batch);
    return;
  }
  rows = loadField(Rows, i64);
  Value beforeFirst = LLVM::SubOp::create(builder, rows, constant(1));
  returnUnless(LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::ult, beforeFirst, constant(batch)), 2);
}

void StepEmitter::bindArguments() {
  for (BlockArgument argument : step.getArguments()) {
    unsigned number = argument.getArgNumber();
    StringRef role = step.getArgAttrOfType<StringAttr>(number, kRoleAttr).getValue();
    auto name = step.getArgAttrOfType<StringAttr>(number, kNameAttr);
    auto listed = [&](StepArgsField list) {
      return load(pointer, element(loadField(list, pointer), io.indexOf(role, name.getValue())));
    };
    Value &value = pointerOf[argument];
    if (role == "state")
      value = loadField(State, pointer);
    else if (role == "scratch")
      value = loadField(Scratch, pointer);
    else if (role == "input")
      value = listed(Inputs);
    else if (role == "target")
      value = listed(Targets);
    else if (role == "output")
      value = listed(Outputs);
    else if (role == "loss")
      value = loadField(Loss, pointer);
    else if (role == "learning_rate")
      value = field(LearningRate);
    else if (role == "step")
      value = field(Step);
    else if (role == "seed")
      value = field(Seed);
    else
      value = rows;
  }
}

LogicalResult StepEmitter::convert(Operation &op) {
  if (auto launch = dyn_cast<LaunchOp>(op)) {
    if (!launch.getTogether())
      convertPendingLaunches();
    pending.push_back(launch);
    return success();
  }
  if (isa<arith::ConstantIndexOp>(op))
    return success();
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    auto offset = view.getByteShift().getDefiningOp<arith::ConstantIndexOp>();
    if (!offset)
      return view.emitError("expected a constant offset");
    pointerOf[view] = LLVM::GEPOp::create(builder, pointer, builder.getI8Type(), pointerOf.lookup(view.getSource()),
                                          ArrayRef<Value>{constant(offset.value())});
    return success();
  }
  if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op)) {
    pointerOf[cast] = pointerOf.lookup(cast.getSource());
    return success();
  }
  if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
    pointerOf[global] = addressOfGlobal(global);
    return success();
  }
  if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    convertPendingLaunches();
    convertCopy(copy);
    return success();
  }
  if (isa<func::ReturnOp>(op)) {
    convertPendingLaunches();
    LLVM::ReturnOp::create(builder, constant32(0));
    return success();
  }
  return op.emitError() << "unexpected in a step function of phase `buffers`";
}

Value StepEmitter::addressOfGlobal(memref::GetGlobalOp op) {
  std::string name = (prefix + "_" + op.getName()).str();
  if (!module.lookupSymbol(name)) {
    auto global = module.lookupSymbol<memref::GlobalOp>(op.getName());
    MemRefType memref = global.getType();
    Type type = memref.getElementType();
    for (int64_t extent : llvm::reverse(memref.getShape()))
      type = LLVM::LLVMArrayType::get(type, extent);
    Attribute value = global.getInitialValueAttr();
    if (memref.getRank() == 0)
      value = cast<ElementsAttr>(value).getSplatValue<Attribute>();
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    LLVM::GlobalOp::create(builder, type, /*isConstant=*/true, LLVM::Linkage::Private, name, value, kBlockAlignment);
  }
  return LLVM::AddressOfOp::create(builder, pointer, FlatSymbolRefAttr::get(builder.getContext(), name));
}

void StepEmitter::convertCopy(memref::CopyOp copy) {
  auto type = cast<MemRefType>(copy.getSource().getType());
  int64_t bytes = elementBytes(type.getElementType());
  for (int64_t extent : type.getShape())
    bytes *= ShapedType::isDynamic(extent) ? 1 : extent;
  Value length = constant(bytes);
  if (!type.hasStaticShape()) // the leading extent is the rows of this call
    length = LLVM::MulOp::create(builder, length, rows);
  LLVM::MemcpyOp::create(builder, pointerOf.lookup(copy.getTarget()), pointerOf.lookup(copy.getSource()), length,
                         /*isVolatile=*/false);
}

/// Items are counts: all operands of divisions are positive.
Value StepEmitter::expand(AffineExpr expr) {
  if (auto value = dyn_cast<AffineConstantExpr>(expr))
    return constant(value.getValue());
  if (isa<AffineDimExpr>(expr))
    return rows;
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value left = expand(binary.getLHS()), right = expand(binary.getRHS());
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return LLVM::AddOp::create(builder, left, right);
  case AffineExprKind::Mul:
    return LLVM::MulOp::create(builder, left, right);
  case AffineExprKind::CeilDiv:
    left = LLVM::AddOp::create(builder, left, LLVM::SubOp::create(builder, right, constant(1)));
    [[fallthrough]];
  case AffineExprKind::FloorDiv:
    return LLVM::UDivOp::create(builder, left, right);
  default:
    return LLVM::URemOp::create(builder, left, right);
  }
}

void StepEmitter::callKernel(LaunchOp launch, ValueRange arguments) {
  auto kernel = module.lookupSymbol<func::FuncOp>(launch.getKernel());
  auto symbol = func::ConstantOp::create(builder, kernel.getFunctionType(), launch.getKernel());
  Value callee = UnrealizedConversionCastOp::create(builder, pointer, symbol.getResult()).getResult(0);
  SmallVector<Type> types(arguments.getTypes());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), types);
  SmallVector<Value> operands{callee};
  llvm::append_range(operands, arguments);
  LLVM::CallOp::create(builder, type, operands);
}

void StepEmitter::convertPendingLaunches() {
  if (pending.size() > 1)
    convertGroup();
  else if (!pending.empty())
    convertLaunch(pending.front());
  pending.clear();
}

SmallVector<Value> StepEmitter::pointersOf(LaunchOp launch) {
  SmallVector<Value> pointers;
  for (Value operand : llvm::concat<Value>(launch.getInputs(), launch.getOuts()))
    pointers.push_back(pointerOf.lookup(operand));
  return pointers;
}

void StepEmitter::convertLaunch(LaunchOp launch) {
  builder.setLoc(launch.getLoc());
  SmallVector<Value> pointers = pointersOf(launch);
  Value items = expand(launch.getItems().getResult(0));
  observe(/*ended=*/false);
  if (launch.getParallel()) {
    launchParallel(launch, pointers, items);
  } else {
    pointers.append({rows, constant(0), items});
    callKernel(launch, pointers);
  }
  observe(/*ended=*/true);
  ++kernelRow;
}

/// An observer sees launches one by one. Results are the same.
void StepEmitter::convertGroup() {
  Block *together = function.addBlock(), *apart = function.addBlock(), *next = function.addBlock();
  LLVM::CondBrOp::create(builder, isNull(loadField(Observer, pointer)), together, apart);
  builder.setInsertionPointToStart(together);
  launchTogether(pending);
  LLVM::BrOp::create(builder, next);
  builder.setInsertionPointToStart(apart);
  llvm::for_each(pending, [&](LaunchOp launch) { convertLaunch(launch); });
  LLVM::BrOp::create(builder, next);
  builder.setInsertionPointToStart(next);
}

/// Words that tasks read: one array for all launches of the step, since parallel_for returns when the work is done.
Value StepEmitter::contextOf(int64_t words) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&function.front());
  if (!context)
    context = LLVM::AllocaOp::create(builder, pointer, i64, constant(words));
  auto size = context.getArraySize().getDefiningOp<LLVM::ConstantOp>();
  if (cast<IntegerAttr>(size.getValue()).getInt() < words)
    size.setValueAttr(builder.getI64IntegerAttr(words));
  return context;
}

/// The context of a task is the pointers, then the number of rows.
void StepEmitter::launchParallel(LaunchOp launch, ArrayRef<Value> pointers, Value items) {
  Value words = contextOf(pointers.size() + 1);
  for (auto [i, value] : llvm::enumerate(pointers))
    LLVM::StoreOp::create(builder, value, element(words, i));
  LLVM::StoreOp::create(builder, rows, element(words, pointers.size()));
  Value task = LLVM::AddressOfOp::create(builder, taskFor(launch));
  LLVM::CallOp::create(builder, runItems(), ValueRange{args, task, words, items});
}

/// The context of several is the numbers of rows and of all items, then for each launch its number of items, and its
/// pointers. A launch that is not worth sharing is one item.
void StepEmitter::launchTogether(ArrayRef<LaunchOp> launches) {
  SmallVector<Value> values{rows, Value()};
  Value total = constant(0);
  for (LaunchOp launch : launches) {
    Value items = launch.getParallel() ? expand(launch.getItems().getResult(0)) : constant(1);
    total = LLVM::AddOp::create(builder, total, items);
    values.push_back(items);
    llvm::append_range(values, pointersOf(launch));
  }
  values[1] = total;
  Value words = contextOf(values.size());
  for (auto [i, value] : llvm::enumerate(values))
    LLVM::StoreOp::create(builder, value, element(words, i));
  Value task = LLVM::AddressOfOp::create(builder, taskFor(launches));
  LLVM::CallOp::create(builder, runItems(), ValueRange{args, task, words, total});
}

LLVM::LLVMFuncOp StepEmitter::taskFor(LaunchOp launch) {
  std::string name = (prefix + "_" + launch.getKernel() + "_task").str();
  if (auto task = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return task;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), {pointer, i64, i64});
  auto task = LLVM::LLVMFuncOp::create(builder, name, type, LLVM::Linkage::Internal);
  builder.setInsertionPointToStart(task.addEntryBlock(builder));
  SmallVector<Value> arguments;
  size_t count = launch.getInputs().size() + launch.getOuts().size();
  for (size_t i = 0; i != count; ++i)
    arguments.push_back(load(pointer, element(task.getArgument(0), i)));
  arguments.push_back(load(i64, element(task.getArgument(0), count)));
  arguments.append({task.getArgument(1), task.getArgument(2)});
  callKernel(launch, arguments);
  LLVM::ReturnOp::create(builder, ValueRange());
  return task;
}

/// One task for all launches of a group. A stretch [lo, hi) of all their items is the share (hi - lo) / total of each
/// launch: so pieces that are as long take as long, although items of one launch may take a hundred times as long as
/// those of another, and a thread has the same part of every launch. Launch number k, before which there are c items,
/// begins at c: one whose items are few is not put off to the end, together with all such.
///
///   first item = floor((lo n + total - 1 - c) / total) of n items
///
LLVM::LLVMFuncOp StepEmitter::taskFor(ArrayRef<LaunchOp> launches) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  std::string name = (prefix + "_" + step.getName() + "_" + Twine(kernelRow) + "_together").str();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), {pointer, i64, i64});
  auto task = LLVM::LLVMFuncOp::create(builder, name, type, LLVM::Linkage::Internal);
  builder.setInsertionPointToStart(task.addEntryBlock(builder));
  Value words = task.getArgument(0), total = load(i64, element(words, 1));
  Value callersRows = std::exchange(rows, load(i64, element(words, 0)));
  Value before = LLVM::SubOp::create(builder, total, constant(1)); // total - 1 - c
  int64_t word = 2;
  for (LaunchOp launch : launches) {
    Value items = load(i64, element(words, word++));
    SmallVector<Value> pointers;
    for (size_t i = launch.getInputs().size() + launch.getOuts().size(); i != 0; --i)
      pointers.push_back(load(pointer, element(words, word++)));
    auto itemAt = [&](Value place) {
      Value scaled = launch.getParallel() ? Value(LLVM::MulOp::create(builder, place, items)) : place;
      return LLVM::UDivOp::create(builder, LLVM::AddOp::create(builder, scaled, before), total);
    };
    Value lo = itemAt(task.getArgument(1)), hi = itemAt(task.getArgument(2));
    Block *some = task.addBlock(), *next = task.addBlock();
    LLVM::CondBrOp::create(builder, LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::slt, lo, hi), some, next);
    builder.setInsertionPointToStart(some);
    runShareOf(launch, pointers, lo, hi);
    LLVM::BrOp::create(builder, next);
    builder.setInsertionPointToStart(next);
    before = LLVM::SubOp::create(builder, before, items);
  }
  LLVM::ReturnOp::create(builder, ValueRange());
  rows = callersRows;
  return task;
}

/// Items [lo, hi) of a launch in a group; all of them if it counts as one.
void StepEmitter::runShareOf(LaunchOp launch, ArrayRef<Value> pointers, Value lo, Value hi) {
  SmallVector<Value> arguments(pointers);
  if (launch.getParallel())
    arguments.append({rows, lo, hi});
  else
    arguments.append({rows, constant(0), expand(launch.getItems().getResult(0))});
  callKernel(launch, arguments);
}

Value StepEmitter::isNull(Value pointer) {
  return LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::eq, pointer,
                              LLVM::ZeroOp::create(builder, pointer.getType()));
}

/// void run_items(args, task, context, items): through args->parallel_for if there is one and work to share.
LLVM::LLVMFuncOp StepEmitter::runItems() {
  std::string name = (prefix + "_run_items").str();
  if (auto existing = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return existing;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  Type none = LLVM::LLVMVoidType::get(builder.getContext());
  auto type = LLVM::LLVMFunctionType::get(none, {pointer, pointer, pointer, i64});
  auto run = LLVM::LLVMFuncOp::create(builder, name, type, LLVM::Linkage::Internal);
  Block *entry = run.addEntryBlock(builder), *direct = run.addBlock(), *shared = run.addBlock();
  Value stepArgs = std::exchange(args, run.getArgument(0));
  Value task = run.getArgument(1), taskContext = run.getArgument(2), items = run.getArgument(3);

  builder.setInsertionPointToStart(entry);
  Value parallelFor = loadField(ParallelFor, pointer);
  Value absent = isNull(parallelFor);
  Value few = LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::slt, items, constant(2));
  LLVM::CondBrOp::create(builder, LLVM::OrOp::create(builder, absent, few), direct, shared);

  builder.setInsertionPointToStart(direct);
  LLVM::CallOp::create(builder, LLVM::LLVMFunctionType::get(none, {pointer, i64, i64}),
                       ValueRange{task, taskContext, constant(0), items});
  LLVM::ReturnOp::create(builder, ValueRange());

  builder.setInsertionPointToStart(shared);
  LLVM::CallOp::create(builder, LLVM::LLVMFunctionType::get(none, {pointer, pointer, pointer, i64}),
                       ValueRange{parallelFor, loadField(Pool, pointer), task, taskContext, items});
  LLVM::ReturnOp::create(builder, ValueRange());
  args = stepArgs;
  return run;
}

void StepEmitter::observe(bool ended) {
  LLVM::CallOp::create(builder, notifyObserver(), ValueRange{args, constant32(kernelRow), constant32(ended)});
}

/// void notify_observer(args, kernel, ended): tells args->observer, if there is one. A function of its own, so that a
/// launch in a step costs two short calls in code size and in time.
LLVM::LLVMFuncOp StepEmitter::notifyObserver() {
  std::string name = (prefix + "_notify_observer").str();
  if (auto existing = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return existing;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  Type none = LLVM::LLVMVoidType::get(builder.getContext()), i32 = builder.getI32Type();
  auto type = LLVM::LLVMFunctionType::get(none, {pointer, i32, i32});
  auto notify = LLVM::LLVMFuncOp::create(builder, name, type, LLVM::Linkage::Internal);
  Block *entry = notify.addEntryBlock(builder), *present = notify.addBlock(), *done = notify.addBlock();
  Value stepArgs = std::exchange(args, notify.getArgument(0));

  builder.setInsertionPointToStart(entry);
  Value observer = loadField(Observer, pointer);
  LLVM::CondBrOp::create(builder, isNull(observer), done, present);

  builder.setInsertionPointToStart(present);
  Value observerContext = loadField(ObserverContext, pointer);
  LLVM::CallOp::create(builder, type,
                       ValueRange{observer, observerContext, notify.getArgument(1), notify.getArgument(2)});
  LLVM::BrOp::create(builder, done);

  builder.setInsertionPointToStart(done);
  LLVM::ReturnOp::create(builder, ValueRange());
  args = stepArgs;
  return notify;
}

} // namespace

LogicalResult emitStepFunction(func::FuncOp step, StringRef prefix, const IoTables &io, int64_t batch,
                               int64_t firstKernel) {
  return StepEmitter(step, prefix, io, batch, firstKernel).run();
}

} // namespace sinter

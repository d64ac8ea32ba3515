// One function that does what several launches do, one after the other. See PhasedFunction.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PhasedFunction.h"

#include "DeviceBody.h"
#include "DeviceFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {

/// Barriers of a block; number 0 is that of all its threads, the others are the teams'.
static constexpr int64_t kBarriers = 16;
/// Shared memory that a launch has without asking; that a block of a cluster may ask for.
static constexpr int64_t kStaticShared = 48 << 10, kDynamicShared = 224 << 10;

int64_t PhaseShape::teams(int64_t threadsOfPhase, int64_t sharedBytes) const {
  if (threadsOfPhase > threads || threads % threadsOfPhase != 0 || threadsOfPhase % kWarp != 0)
    return 0;
  int64_t teams = std::min(threads / threadsOfPhase, kBarriers - 1);
  // Blocks that are no cluster's run on GPUs with less shared memory, too.
  int64_t room = cluster > 1 ? kDynamicShared : kStaticShared;
  return sharedBytes > 0 ? std::min(teams, room / sharedBytes) : teams;
}

StringRef reasonAgainstPhase(gpu::GPUFuncOp fn) {
  if (!fn || !fn->hasAttr(kGridAttr) || !fn.getKnownBlockSize())
    return "its grid is not known";
  if (fn->hasAttr(kOnHopperAttr) || fn->hasAttr(kMapsAttr))
    return "it has a function of its own on Hopper";
  if (fn->hasAttr(kDynamicSharedAttr) || !fn.getBody().hasOneBlock())
    return "it is no function of loops and static shared memory";
  return "";
}

namespace {

class PhaseWriter {
public:
  PhaseWriter(gpu::GPUModuleOp module, ArrayRef<Phase> phases, const PhaseShape &shape, int64_t batch)
      : module(module), phases(phases), shape(shape), batch(batch), builder(module.getContext()) {}

  gpu::GPUFuncOp write(ArrayRef<Type> types, StringRef name);

private:
  /// How the threads of a block are spread over blocks of a phase.
  struct Teams {
    int64_t threads, count; ///< of a team; teams
    Value team, thread;     ///< which one this is; number of the thread in it
    bool areAll;            ///< one team, of all threads
  };

  void create(ArrayRef<Type> types, StringRef name);
  void takeShared();
  Teams teamsOf(gpu::GPUFuncOp fn);
  void emitBarrier(bool ofAll);
  void emitTeamBarrier(Location loc, const Teams &teams);
  void emitPhase(const Phase &phase);
  void emitBlock(const Phase &phase, const Teams &teams, Value block);
  Value number(int64_t value) {
    return arith::ConstantOp::create(builder, function.getLoc(), builder.getI32IntegerAttr(value));
  }

  gpu::GPUModuleOp module;
  ArrayRef<Phase> phases;
  const PhaseShape &shape;
  int64_t batch, workspaceBytes = 0;
  OpBuilder builder;
  gpu::GPUFuncOp function;
  Value shared, rows, workspace;
};

void PhaseWriter::create(ArrayRef<Type> operands, StringRef name) {
  SmallVector<Type> types(operands);
  SmallVector<Location> locations;
  for (const Phase &phase : phases) {
    locations.push_back(phase.fn.getLoc());
    if (auto bytes = phase.fn->getAttrOfType<IntegerAttr>(kWorkspaceAttr))
      workspaceBytes = std::max(workspaceBytes, bytes.getInt());
  }
  types.push_back(builder.getIndexType());
  if (workspaceBytes > 0)
    types.push_back(MemRefType::get({workspaceBytes}, builder.getI8Type()));
  builder.setInsertionPointToEnd(module.getBody());
  function = gpu::GPUFuncOp::create(builder, FusedLoc::get(module.getContext(), locations), name,
                                    builder.getFunctionType(types, {}));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  function.setKnownBlockSizeAttr(builder.getDenseI32ArrayAttr({int32_t(shape.threads), 1, 1}));
  function->setAttr(kGridAttr, builder.getDenseI64ArrayAttr(Grid{0, shape.cluster, 1, 1}.numbers()));
  rows = function.getArgument(operands.size());
  if (workspaceBytes > 0) {
    function->setAttr(kWorkspaceAttr, builder.getI64IntegerAttr(workspaceBytes));
    workspace = function.getArgument(operands.size() + 1);
  }
  if (shape.cluster > 1) {
    function->setAttr(kClusterAttr, builder.getI32IntegerAttr(shape.cluster));
    function->setAttr(kOnlyHopperAttr, builder.getUnitAttr());
  }
}

/// All phases use the same bytes.
void PhaseWriter::takeShared() {
  int64_t bytes = 0;
  for (const Phase &phase : phases) {
    int64_t ofTeam = sharedBytesOf(phase.fn);
    bytes = std::max(bytes, ofTeam * shape.teams(threadsOf(phase.fn), ofTeam));
  }
  bool isStatic = bytes <= kStaticShared;
  if (bytes > 0 && isStatic)
    shared = addSharedMemory(function, {bytes}, builder.getI8Type());
  builder.setInsertionPointToStart(&function.getBody().front());
  if (isStatic)
    return;
  function->setAttr(kDynamicSharedAttr, builder.getI64IntegerAttr(bytes));
  auto space = gpu::AddressSpaceAttr::get(module.getContext(), gpu::AddressSpace::Workgroup);
  shared = gpu::DynamicSharedMemoryOp::create(
      builder, function.getLoc(),
      MemRefType::get({ShapedType::kDynamic}, builder.getI8Type(), MemRefLayoutAttrInterface(), space));
}

gpu::GPUFuncOp PhaseWriter::write(ArrayRef<Type> types, StringRef name) {
  create(types, name);
  takeShared();
  for (const Phase &phase : phases) {
    if (&phase != phases.begin())
      emitBarrier(phase.waits);
    emitPhase(phase);
  }
  gpu::ReturnOp::create(builder, function.getLoc());
  return function;
}

/// `ofAll`: of all blocks; else this block's threads only part with the teams and the shared memory of one phase.
void PhaseWriter::emitBarrier(bool ofAll) {
  if (!ofAll || shape.cluster == 1) {
    gpu::BarrierOp::create(builder, function.getLoc());
    return;
  }
  // By default, that is what they are: a release, and an acquire.
  NVVM::ClusterArriveOp::create(builder, function.getLoc(), /*aligned=*/builder.getUnitAttr());
  NVVM::ClusterWaitOp::create(builder, function.getLoc(), /*aligned=*/builder.getUnitAttr());
}

PhaseWriter::Teams PhaseWriter::teamsOf(gpu::GPUFuncOp fn) {
  Location loc = fn.getLoc();
  IndexMath math(builder, loc);
  Teams teams{threadsOf(fn), shape.teams(threadsOf(fn), sharedBytesOf(fn)), Value(), Value(), false};
  Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  teams.areAll = teams.threads == shape.threads;
  teams.team = teams.areAll ? math.constant(0) : math.div(thread, teams.threads);
  teams.thread = teams.areAll ? thread : math.rem(thread, teams.threads);
  return teams;
}

void PhaseWriter::emitTeamBarrier(Location loc, const Teams &teams) {
  if (teams.areAll) {
    gpu::BarrierOp::create(builder, loc);
    return;
  }
  Value id = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), teams.team);
  id = arith::AddIOp::create(builder, loc, id, number(1));
  NVVM::BarrierOp::create(builder, loc, /*res=*/Type(), id, number(teams.threads), /*reductionOp=*/nullptr,
                          /*reductionPredicate=*/Value());
}

/// The team's blocks, one after the other: as many teams as there are, on as many multiprocessors as possible.
void PhaseWriter::emitPhase(const Phase &phase) {
  Location loc = phase.fn.getLoc();
  IndexMath math(builder, loc);
  Teams teams = teamsOf(phase.fn);
  Grid grid = gridOf(phase.fn);
  Value first = math.mul(teams.team, shape.cluster);
  if (shape.cluster > 1)
    first = math.add(first, gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x));
  Value blocks = blocksOf(builder, loc, grid, rows, batch);
  int64_t atOnce = shape.cluster * teams.count;
  bool hasOthers = teams.count * teams.threads < shape.threads; // threads that are in no team
  emitIf(builder, loc, hasOthers ? math.less(teams.team, math.constant(teams.count)) : Value(), [&] {
    if (mostBlocks(grid, batch) <= atOnce)
      return emitIf(builder, loc, math.less(first, blocks), [&] { emitBlock(phase, teams, first); });
    auto loop = scf::ForOp::create(builder, loc, first, blocks, math.constant(atOnce));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    emitBlock(phase, teams, loop.getInductionVar());
    if (sharedBytesOf(phase.fn) > 0) // which some thread may still be reading
      emitTeamBarrier(loc, teams);
  });
}

/// Its threads are the team's, its barriers are, too.
void PhaseWriter::emitBlock(const Phase &phase, const Teams &teams, Value block) {
  gpu::GPUFuncOp fn = phase.fn;
  IndexMath math(builder, fn.getLoc());
  IRMapping values;
  for (auto [i, argument] : llvm::enumerate(phase.arguments))
    values.map(fn.getArgument(i), function.getArgument(argument));
  values.map(fn.getArgument(phase.arguments.size()), rows);
  if (auto bytes = fn->getAttrOfType<IntegerAttr>(kWorkspaceAttr))
    values.map(fn.getArgument(phase.arguments.size() + 1),
               viewBytes(builder, fn.getLoc(), workspace, 0, {bytes.getInt()}, builder.getI8Type()));
  int64_t ofTeam = sharedBytesOf(fn);
  Value offset = ofTeam > 0 && teams.count > 1 ? math.mul(teams.team, ofTeam) : Value();
  OpBuilder::InsertionGuard guard(builder);
  for (Operation *copy : cloneBody(builder, fn, values, block, shared, offset))
    copy->walk([&](Operation *op) {
      builder.setInsertionPoint(op);
      if (auto id = dyn_cast<gpu::ThreadIdOp>(op))
        id.replaceAllUsesWith(teams.thread);
      else if (isa<gpu::BarrierOp>(op))
        emitTeamBarrier(op->getLoc(), teams);
      else
        return;
      op->erase();
    });
}

} // namespace

gpu::GPUFuncOp createPhasedFunction(gpu::GPUModuleOp module, ArrayRef<Phase> phases, ArrayRef<Type> types,
                                    const PhaseShape &shape, int64_t batch, StringRef name) {
  return PhaseWriter(module, phases, shape, batch).write(types, name);
}

} // namespace sinter

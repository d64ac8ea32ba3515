// Which launches are one on a GPU? Those of a group that runs together: the updates of all parameters, the gradients of
// a layer. The blocks of one function are divided among them:
//
//   blocks [0, 8)    what @k_adam_5 does in its 8 blocks
//   blocks [8, 10)   what @k_adam_6 does in its 2
//
// A launch takes some microseconds, in which a small kernel would be done, and waits for the one before to drain.
// Shares are fixed by the largest batch, and every function computes what it did alone: results are the same.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Gpu/Passes.h"

#include "DeviceBody.h"
#include "DeviceFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_MERGEDEVICELAUNCHESPASS
#include "sinter/Transforms/Gpu/Passes.h.inc"

namespace {

/// A launch whose work on a GPU is one function.
struct Member {
  LaunchOp launch;
  mutable gpu::GPUFuncOp fn; ///< a handle: ops have no constant methods

  int64_t threads() const { return threadsOf(fn); }
  bool usesShared() const { return fn.getNumWorkgroupAttributions() > 0; }
  Grid grid() const { return gridOf(fn); }
  int64_t sharedBytes() const { return sharedBytesOf(fn); }
};

/// Writes one function that does what several do.
class Merger {
public:
  Merger(gpu::GPUModuleOp module, int64_t batch) : module(module), batch(batch), builder(module.getContext()) {}

  gpu::GPUFuncOp merge(ArrayRef<Member> members, StringRef name);

private:
  void clone(const Member &member, Value block, unsigned firstArgument);
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, merged.getLoc(), value); }
  Value rows() { return merged.getArgument(merged.getNumArguments() - 1); }

  gpu::GPUModuleOp module;
  int64_t batch;
  OpBuilder builder;
  gpu::GPUFuncOp merged;
  Value shared;
};

gpu::GPUFuncOp Merger::merge(ArrayRef<Member> members, StringRef name) {
  SmallVector<Type> types;
  int64_t blocks = 0, bytes = 0;
  for (const Member &member : members) {
    llvm::append_range(types, member.fn.getArgumentTypes().drop_back()); // the number of rows
    blocks += mostBlocks(member.grid(), batch);
    bytes = std::max(bytes, member.sharedBytes());
  }
  types.push_back(builder.getIndexType());
  builder.setInsertionPointToEnd(module.getBody());
  SmallVector<Location> locations;
  for (const Member &member : members)
    locations.push_back(member.fn.getLoc());
  Location loc = FusedLoc::get(module.getContext(), locations);
  merged = gpu::GPUFuncOp::create(builder, loc, name, builder.getFunctionType(types, {}));
  merged->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  merged.setKnownBlockSizeAttr(members.front().fn.getKnownBlockSizeAttr());
  merged->setAttr(kGridAttr, builder.getDenseI64ArrayAttr(Grid{0, blocks, 1, 1}.numbers()));
  auto ofMember = [](const Member &member) { return member.fn->getAttr(NVVM::NVVMDialect::getMinctasmAttrName()); };
  if (Attribute blocksAtOnce = ofMember(members.front());
      blocksAtOnce && llvm::all_of(members, [&](const Member &m) { return ofMember(m) == blocksAtOnce; }))
    merged->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), blocksAtOnce);
  shared = bytes ? addSharedMemory(merged, {bytes}, builder.getI8Type()) : Value();

  builder.setInsertionPointToStart(&merged.getBody().front());
  Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  int64_t first = 0;
  unsigned argument = 0;
  for (const Member &member : members) {
    // One comparison tells whether the block is the member's, as smaller numbers wrap around.
    Value own = arith::SubIOp::create(builder, loc, block, constant(first));
    Value isOwn = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, own,
                                        blocksOf(builder, loc, member.grid(), rows(), batch));
    emitIf(builder, loc, isOwn, [&] { clone(member, own, argument); });
    first += mostBlocks(member.grid(), batch);
    argument += member.fn.getNumArguments() - 1;
  }
  gpu::ReturnOp::create(builder, loc);
  return merged;
}

void Merger::clone(const Member &member, Value block, unsigned firstArgument) {
  gpu::GPUFuncOp fn = member.fn;
  IRMapping values;
  for (unsigned i = 0, e = fn.getNumArguments() - 1; i != e; ++i)
    values.map(fn.getArgument(i), merged.getArgument(firstArgument + i));
  values.map(fn.getArgument(fn.getNumArguments() - 1), rows());
  cloneBody(builder, fn, values, block, shared, /*offset=*/Value());
}

struct MergeDeviceLaunches : impl::MergeDeviceLaunchesPassBase<MergeDeviceLaunches> {
  void runOnOperation() override {
    device = getOperation().lookupSymbol<gpu::GPUModuleOp>(kDeviceModule);
    if (!device)
      return;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isDeclaration())
        mergeIn(function);
    removeUnused();
  }

  /// Copies between launches end a group, as on the host.
  void mergeIn(func::FuncOp function) {
    SmallVector<LaunchOp> group;
    auto finish = [&] {
      mergeGroup(group);
      group.clear();
    };
    for (Operation &op : function.getBody().front()) {
      auto launch = dyn_cast<LaunchOp>(op);
      bool isNext = launch && (launch.getTogether() || launch->hasAttr(kDeviceTogetherAttr));
      if (isa<memref::CopyOp>(op) || (launch && !isNext))
        finish();
      if (launch)
        group.push_back(launch);
    }
    finish();
  }

  /// Kernels that take shared memory keep to themselves: with their registers, others would have fewer blocks at a
  /// time.
  void mergeGroup(ArrayRef<LaunchOp> group) {
    llvm::MapVector<std::pair<int64_t, int>, SmallVector<Member>> classes;
    for (LaunchOp launch : group)
      if (gpu::GPUFuncOp fn = onlyFunction(launch)) {
        Member member{launch, fn};
        classes[{member.threads(), member.usesShared()}].push_back(member);
      }
    for (auto &[kind, members] : classes)
      if (members.size() > 1)
        merge(members);
  }

  /// The device function of a launch that has one, and takes nothing from another.
  gpu::GPUFuncOp onlyFunction(LaunchOp launch) {
    auto functions = launch->getAttrOfType<ArrayAttr>(kDeviceAttr);
    if (!functions || functions.size() != 1)
      return {};
    auto fn = device.lookupSymbol<gpu::GPUFuncOp>(cast<SymbolRefAttr>(functions[0]).getLeafReference());
    bool isPlain = fn && fn->hasAttr(kGridAttr) && fn.getKnownBlockSize() && !fn->hasAttr(kWorkspaceAttr) &&
                   !fn->hasAttr(kOnHopperAttr) && fn.getBody().hasOneBlock();
    return isPlain ? fn : gpu::GPUFuncOp();
  }

  void merge(ArrayRef<Member> members) {
    Builder builder(&getContext());
    SmallVector<Attribute> names;
    for (const Member &member : members)
      names.push_back(member.fn.getNameAttr());
    gpu::GPUFuncOp &fn = known[builder.getArrayAttr(names)];
    if (!fn) {
      auto batch = getOperation()->getAttrOfType<IntegerAttr>(kBatchAttr);
      fn = Merger(device, batch ? batch.getInt() : 1).merge(members, "k_together_" + std::to_string(known.size() - 1));
    }
    auto symbol = SymbolRefAttr::get(device.getNameAttr(), FlatSymbolRefAttr::get(fn.getNameAttr()));
    for (auto [part, member] : llvm::enumerate(members)) {
      LaunchOp launch = member.launch;
      launch->setAttr(kDeviceAttr, builder.getArrayAttr({symbol}));
      launch->setAttr(kDevicePartAttr, builder.getI64IntegerAttr(part));
      if (part > 0)
        report(launch, members.front().launch);
    }
  }

  static void report(LaunchOp launch, LaunchOp first) {
    auto function = launch->getParentOfType<func::FuncOp>();
    remark::passed(launch.getLoc(),
                   remark::RemarkOpts::name("one-launch").category("schedule").function(function.getName()))
        << remark::add("{0} is one launch on a GPU with {1}", launch.getKernel(), first.getKernel())
        << remark::metric("Launch", launch.getKernel());
  }

  void removeUnused() {
    llvm::DenseSet<StringAttr> used;
    getOperation().walk([&](LaunchOp launch) {
      if (auto functions = launch->getAttrOfType<ArrayAttr>(kDeviceAttr))
        for (auto symbol : functions.getAsRange<SymbolRefAttr>())
          used.insert(symbol.getLeafReference());
    });
    for (auto fn : device.getOps<gpu::GPUFuncOp>())
      if (auto counterpart = fn->getAttrOfType<FlatSymbolRefAttr>(kOnHopperAttr);
          counterpart && used.contains(fn.getNameAttr()))
        used.insert(counterpart.getAttr());
    for (auto fn : llvm::make_early_inc_range(device.getOps<gpu::GPUFuncOp>()))
      if (!used.contains(fn.getNameAttr()))
        fn.erase();
  }

  gpu::GPUModuleOp device;
  llvm::MapVector<ArrayAttr, gpu::GPUFuncOp> known; ///< by the names of what they do
};

} // namespace
} // namespace sinter

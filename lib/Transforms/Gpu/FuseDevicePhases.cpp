// Which launches that depend on each other are one on a GPU? Runs of neighbours that are so small that waiting for each
// other at a barrier costs less than launches of their own do (PhaseCost.h), such as all of a small network's step:
//
//   sinter.launch @a                 @a       -> @k_phases_0, phase 0
//   sinter.launch @b, @c together    @k_together_0   phase 1
//   sinter.launch @d                 @d, @d_combine  phases 2, 3
//
// What runs them is one block, or on Hopper a cluster of up to eight (PhasedFunction.h). Images for sm_90a and others
// are decided separately. Of all ways to cut a step into runs the one with the least predicted time is taken.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Gpu/Passes.h"

#include "PhasePartition.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_FUSEDEVICEPHASESPASS
#include "sinter/Transforms/Gpu/Passes.h.inc"

namespace {

struct FuseDevicePhases : impl::FuseDevicePhasesPassBase<FuseDevicePhases> {
  using FuseDevicePhasesPassBase::FuseDevicePhasesPassBase;

  void runOnOperation() override {
    device = getOperation().lookupSymbol<gpu::GPUModuleOp>(kDeviceModule);
    if (!device)
      return;
    auto rows = getOperation()->getAttrOfType<IntegerAttr>(kBatchAttr);
    batch = rows ? rows.getInt() : 1;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isDeclaration())
        fuseIn(function);
    markUses();
  }

  void fuseIn(func::FuncOp function) {
    SmallVector<LaunchUnit> units = collect(function);
    SmallVector<PhaseRun> ofOthers, ofHopper;
    if (others)
      ofOthers = PhasePartition(units, /*hopper=*/false).best();
    if (hopper)
      ofHopper = PhasePartition(units, /*hopper=*/true).best();
    report(units, ofOthers, /*hopper=*/false);
    report(units, ofHopper, /*hopper=*/true);
    for (const PhaseRun &run : ofOthers)
      if (run.isFused) {
        bool isShared = llvm::any_of(ofHopper, [&](const PhaseRun &other) { return run.isSame(other); });
        apply(units, run, /*inOthers=*/true, /*inHopper=*/isShared || !hopper);
      }
    for (const PhaseRun &run : ofHopper)
      if (run.isFused && llvm::none_of(ofOthers, [&](const PhaseRun &other) { return run.isSame(other); }))
        apply(units, run, /*inOthers=*/!others, /*inHopper=*/true);
  }

  //===--------------------------------------------------------------------===//
  // What there is
  //===--------------------------------------------------------------------===//

  SmallVector<LaunchUnit> collect(func::FuncOp function) {
    SmallVector<LaunchUnit> units;
    llvm::DenseMap<Attribute, size_t> shared; ///< by function, of several launches
    int64_t group = 0;
    bool begins = false;
    for (Operation &op : function.getBody().front()) {
      begins |= isa<memref::CopyOp>(op);
      auto launch = dyn_cast<LaunchOp>(op);
      auto functions = launch ? launch->getAttrOfType<ArrayAttr>(kDeviceAttr) : ArrayAttr();
      if (!functions)
        continue;
      if (begins || !(launch.getTogether() || launch->hasAttr(kDeviceTogetherAttr)))
        ++group;
      auto part = launch->getAttrOfType<IntegerAttr>(kDevicePartAttr);
      if (part && part.getInt() > 0) {
        units[shared.at(functions)].launches.push_back(launch);
        continue;
      }
      if (part)
        shared[functions] = units.size();
      units.push_back(unitOf(launch, functions));
      units.back().group = group;
      units.back().begins = std::exchange(begins, false);
    }
    for (LaunchUnit &unit : units)
      measure(unit);
    return units;
  }

  LaunchUnit unitOf(LaunchOp launch, ArrayAttr functions) {
    LaunchUnit unit;
    unit.launches.push_back(launch);
    for (auto symbol : functions.getAsRange<SymbolRefAttr>()) {
      auto fn = device.lookupSymbol<gpu::GPUFuncOp>(symbol.getLeafReference());
      unit.functions.push_back(fn);
      if (unit.reason.empty())
        unit.reason = reasonAgainstPhase(fn);
    }
    return unit;
  }

  /// The first function of several does the arithmetic; others read what it has left in the workspace.
  void measure(LaunchUnit &unit) {
    auto total = [&](StringRef name) {
      double sum = 0;
      for (LaunchOp launch : unit.launches)
        if (auto kernel = getOperation().lookupSymbol<func::FuncOp>(launch.getKernel()))
          if (auto count = kernel->getAttrOfType<IntegerAttr>(name))
            sum += count.getInt();
      return sum;
    };
    double flops = total("sinter.flops"), bytes = total("sinter.bytes");
    for (gpu::GPUFuncOp fn : unit.functions) {
      if (!fn || !fn->hasAttr(kGridAttr) || !fn.getKnownBlockSize())
        continue;
      unit.work.push_back(DeviceWork(fn, batch, flops, bytes));
      auto left = fn->getAttrOfType<IntegerAttr>(kWorkspaceAttr);
      flops = 0, bytes = left ? left.getInt() : 0;
    }
  }

  //===--------------------------------------------------------------------===//
  // What is made of it
  //===--------------------------------------------------------------------===//

  void apply(ArrayRef<LaunchUnit> units, const PhaseRun &run, bool inOthers, bool inHopper) {
    units = units.slice(run.begin, run.end - run.begin);
    // The order of the step is that in which arguments are listed; a unit's launches need not be neighbours.
    SmallVector<LaunchOp> launches;
    for (const LaunchUnit &unit : units)
      llvm::append_range(launches, unit.launches);
    llvm::sort(launches, [](LaunchOp a, LaunchOp b) { return a->isBeforeInBlock(b); });
    llvm::MapVector<Operation *, unsigned> firstArgument;
    unsigned count = 0;
    for (LaunchOp launch : launches) {
      firstArgument[launch] = count;
      count += launch.getInputs().size() + launch.getOuts().size();
    }
    SmallVector<Type> types(count);
    SmallVector<Phase> phases;
    for (auto [index, unit] : llvm::enumerate(units))
      for (auto [function, fn] : llvm::enumerate(unit.functions)) {
        Phase &phase = phases.emplace_back();
        phase.fn = fn;
        phase.waits = waitsForPhases(units, index, function);
        for (LaunchOp launch : unit.launches)
          for (size_t i = 0; i < launch.getInputs().size() + launch.getOuts().size(); ++i) {
            unsigned argument = firstArgument[launch] + i;
            types[argument] = phase.fn.getArgument(phase.arguments.size()).getType();
            phase.arguments.push_back(argument);
          }
      }
    gpu::GPUFuncOp fn =
        createPhasedFunction(device, phases, types, run.shape, batch, "k_phases_" + std::to_string(number++));
    auto symbol = SymbolRefAttr::get(device.getNameAttr(), FlatSymbolRefAttr::get(fn.getNameAttr()));
    for (LaunchOp launch : launches) {
      if (inOthers)
        launch->setAttr(kPhasesAttr, symbol);
      if (inHopper)
        launch->setAttr(kHopperPhasesAttr, symbol);
    }
  }

  /// Functions that nothing launches any more go; those that only images of one kind launch say so.
  void markUses() {
    llvm::DenseSet<StringAttr> inOthers, inHopper;
    auto use = [&](llvm::DenseSet<StringAttr> &used, LaunchOp launch, StringRef phases) {
      if (auto symbol = launch->getAttrOfType<SymbolRefAttr>(phases)) {
        used.insert(symbol.getLeafReference());
        return;
      }
      if (auto functions = launch->getAttrOfType<ArrayAttr>(kDeviceAttr))
        for (auto symbol : functions.getAsRange<SymbolRefAttr>())
          used.insert(symbol.getLeafReference());
    };
    getOperation().walk([&](LaunchOp launch) {
      use(inOthers, launch, kPhasesAttr);
      use(inHopper, launch, kHopperPhasesAttr);
    });
    Builder builder(&getContext());
    for (auto fn : llvm::make_early_inc_range(device.getOps<gpu::GPUFuncOp>())) {
      if (fn->hasAttr(kOnHopperAttr) || fn->hasAttr(kOnlyHopperAttr))
        continue;
      bool isInOthers = inOthers.contains(fn.getNameAttr()), isInHopper = inHopper.contains(fn.getNameAttr());
      if (!isInOthers && !isInHopper)
        fn.erase();
      else if (!isInHopper)
        fn->setAttr(kNotHopperAttr, builder.getUnitAttr());
      else if (!isInOthers)
        fn->setAttr(kOnlyHopperAttr, builder.getUnitAttr());
    }
  }

  //===--------------------------------------------------------------------===//
  // What is said of it
  //===--------------------------------------------------------------------===//

  static remark::RemarkOpts about(LaunchOp launch) {
    auto function = launch->getParentOfType<func::FuncOp>();
    return remark::RemarkOpts::name("phases").category("schedule").function(function.getName());
  }

  static std::string microseconds(double time) { return llvm::formatv("{0:f1} us", time).str(); }

  void report(ArrayRef<LaunchUnit> units, ArrayRef<PhaseRun> runs, bool hopper) {
    StringRef where = hopper ? "sm_90a" : "other GPUs";
    for (const PhaseRun &run : runs)
      if (run.isFused)
        reportRun(units, run, where);
      else
        reportAlone(units, run.begin, where, hopper);
  }

  static void reportRun(ArrayRef<LaunchUnit> units, const PhaseRun &run, StringRef where) {
    LaunchOp first = units[run.begin].launches.front(), last = units[run.end - 1].launches.front();
    size_t phases = 0;
    double apart = 0;
    for (const LaunchUnit &unit : units.slice(run.begin, run.end - run.begin)) {
      phases += unit.functions.size();
      apart += unit.alone();
    }
    remark::passed(first.getLoc(), about(first))
        << remark::add("{0} to {1} are {2} phases of one launch on {3}: {4} of {5} threads", first.getKernel(),
                       last.getKernel(), phases, where,
                       run.shape.cluster == 1 ? std::string("a block")
                                              : llvm::formatv("a cluster of {0} blocks", run.shape.cluster).str(),
                       run.shape.threads)
        << remark::metric("Launch", first.getKernel()) << remark::metric("Together", microseconds(run.time))
        << remark::metric("Apart", microseconds(apart));
  }

  static void reportAlone(ArrayRef<LaunchUnit> units, size_t index, StringRef where, bool hopper) {
    const LaunchUnit &unit = units[index];
    LaunchOp launch = unit.launches.front();
    std::string reason = unit.reason.str();
    if (reason.empty() && (index == 0 || unit.begins))
      return;
    if (reason.empty() && !units[index - 1].reason.empty())
      reason = "the launch before it cannot be a phase";
    if (reason.empty()) {
      PhaseRun both = PhasePartition(units, hopper).runOf(index - 1, index + 1);
      double apart = units[index - 1].alone() + unit.alone();
      reason = !both.isFused
                   ? "their blocks do not fit into one"
                   : llvm::formatv("{0} in one launch with {1}, {2} apart", microseconds(both.time),
                                   LaunchOp(units[index - 1].launches.front()).getKernel(), microseconds(apart))
                         .str();
    }
    remark::missed(launch.getLoc(), about(launch))
        << remark::add("{0} is a launch of its own on {1}", launch.getKernel(), where)
        << remark::metric("Launch", launch.getKernel()) << remark::reason("{0}", reason);
  }

  gpu::GPUModuleOp device;
  int64_t batch = 1;
  size_t number = 0; ///< of functions of phases
};

} // namespace
} // namespace sinter

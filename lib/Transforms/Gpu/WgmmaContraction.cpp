// Products on Hopper's tensor cores: who does what in a block, and the pipeline over k.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "WgmmaContraction.h"

#include "MmaContraction.h"
#include "WgmmaOperand.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

static constexpr WgmmaTile kTiles[] = {{{128, 256}, 4, 1, 32}, {{128, 128}, 3, 2, 16}};
/// Stretches of k from which on the first is the faster one (measured on an H200, docs/performance/gpu.md).
static constexpr int64_t kLongK = 16;

/// Threads of a group; groups that multiply, each the rows of one instruction. The warp behind them copies.
static constexpr int64_t kGroup = 4 * kWarp, kGroups = 2, kGroupRows = 64;
static constexpr int64_t kThreads = kGroups * kGroup + kWarp;
/// Along k, of a stretch (a swizzled row), and of one instruction; of a box across k.
static constexpr int64_t kRowBytes = kWgmmaRowBytes, kInstructionBytes = 32;
static constexpr int64_t kBoxRows = kWgmmaBoxRows, kBoxBytes = kBoxRows * kRowBytes;
/// Rows of a warp, and elements that rows of its slab are longer: see MmaContraction.cpp.
static constexpr int64_t kWarpRows = 16, kSlabPadding = 8;
/// Rows of tiles that are computed one after the other, so that blocks under way share what they read.
static constexpr int64_t kTileRowsOfBand = 8;

static std::optional<WgmmaOperand> planLeft(const ContractionProblem &p, const WgmmaTile &tile) {
  return planWgmmaOperand(p, p.lhs, p.m, tile.block.m);
}
static std::optional<WgmmaOperand> planRight(const ContractionProblem &p, const WgmmaTile &tile) {
  return planWgmmaOperand(p, p.rhs, p.n, tile.block.n);
}

const WgmmaTile *WgmmaContraction::tileFor(const ContractionProblem &p, bool roundsToTf32) {
  if (!MmaContraction::computes(p, roundsToTf32))
    return nullptr;
  int64_t bytesOfK = p.k.extent * elementBytes(p.lhs.element());
  for (const ContractionDim &dim : p.outerK)
    bytesOfK *= dim.extent;
  for (const WgmmaTile &tile : kTiles) {
    bool isLast = &tile == std::end(kTiles) - 1;
    if ((isLast || bytesOfK >= kLongK * kRowBytes) && p.m.extent >= tile.block.m && p.n.extent >= tile.block.n &&
        fillsGpu(p, tile.block))
      return &tile;
  }
  return nullptr;
}

bool WgmmaContraction::copies(const ContractionProblem &p, const ContractionOperand &operand) {
  return planWgmmaOperand(p, operand, &operand == &p.lhs ? p.m : p.n, /*rows=*/1).has_value();
}

const WgmmaTile *WgmmaContraction::choose(const ContractionProblem &p, bool roundsToTf32) {
  return copies(p, p.lhs) && copies(p, p.rhs) ? tileFor(p, roundsToTf32) : nullptr;
}

static int64_t bytesOfStage(const WgmmaTile &tile) {
  return (tile.block.m + tile.block.n) * kRowBytes;
}

static int64_t bytesOfSlab(const WgmmaTile &tile) {
  constexpr int64_t bytesOfSum = 4;
  return kWarpRows * (tile.slabColumns + kSlabPadding) * bytesOfSum;
}
/// What lies in front of the barriers: stages, then a slab for each warp that multiplies.
static int64_t bytesOfTiles(const WgmmaTile &tile) {
  return tile.stages * bytesOfStage(tile) + kGroups * kGroup / kWarp * bytesOfSlab(tile);
}

/// Several only in the order of bands, which is that of products without outer dims.
static int64_t turnsOf(const ContractionProblem &p, const WgmmaTile &tile) {
  if (!p.outer.empty() || p.n.dynamic)
    return 1;
  return llvm::divideCeil(tilesOf(p, tile.block), kMultiprocessors * tile.residents);
}

/// Blocks follow from the rows at hand, so a smaller batch has fewer of them.
static Grid gridOf(const ContractionProblem &p, const WgmmaTile &tile) {
  int64_t turns = turnsOf(p, tile);
  if (p.m.dynamic)
    return contractionGrid(p, {tile.block.m * turns, tile.block.n});
  Grid grid = contractionGrid(p, tile.block);
  grid.fixed = llvm::divideCeil(grid.fixed, turns);
  return grid;
}

LaunchShape WgmmaContraction::launchShape(const ContractionProblem &p, const WgmmaTile &tile) {
  LaunchShape shape{gridOf(p, tile), kThreads};
  shape.residents = tile.residents;
  shape.dynamicSharedBytes = DynamicShared::request(bytesOfTiles(tile) + StageRing::bytes(tile.stages));
  auto add = [&](const WgmmaOperand &plan, const ContractionOperand &operand) {
    shape.maps.push_back(plan.numbers);
    shape.maps.back().argument = cast<BlockArgument>(operand.sources.front().argument).getArgNumber();
  };
  add(*planLeft(p, tile), p.lhs);
  add(*planRight(p, tile), p.rhs);
  return shape;
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

WgmmaContraction::WgmmaContraction(DeviceFunction &function, const ContractionProblem &problem, const WgmmaTile &tile)
    : ContractionSkeleton(function, problem, tile.block), tile(tile), turns(turnsOf(problem, tile)),
      operandType(problem.lhs.element()), stretch(kRowBytes / elementBytes(operandType)) {
  tileRowsOfBand = kTileRowsOfBand;
}

void WgmmaContraction::allocate() {
  shared.emplace(builder, loc);
  ring.emplace(builder, loc, *shared, bytesOfTiles(tile), tile.stages);
}

int64_t WgmmaContraction::stageBytes() const {
  return bytesOfStage(tile);
}

void WgmmaContraction::emitTiles() {
  emitIf(builder, loc, math.less(thread, math.constant(1)), [&] { ring->initialize(kGroups); });
  function.barrier();
  // The same in all threads of a group, which the compiler is to know.
  Value all = arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(-1)),
        zero = arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(0)),
        last = arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(kWarp - 1));
  Value group = toI32(builder, loc, math.div(thread, kGroup));
  group =
      NVVM::ShflOp::create(builder, loc, builder.getI32Type(), all, group, zero, last, NVVM::ShflKind::idx, UnitAttr());
  group = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), group);
  Value copies = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, group, math.constant(kGroups));
  auto roles = scf::IfOp::create(builder, loc, copies, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(roles.thenBlock());
  Value isElected = NVVM::ElectSyncOp::create(builder, loc, builder.getI1Type(), Value());
  emitIf(builder, loc, isElected, [&] { emitTurns([&](Value firstStep) { emitCopies(firstStep); }); });
  builder.setInsertionPointToStart(roles.elseBlock());
  emitTurns([&](Value firstStep) { emitEpilogue(multiplyStretches(group, firstStep)); });
}

/// Tiles of a block are as far apart as there are blocks: those under way at the same time are neighbours.
void WgmmaContraction::emitTurns(llvm::function_ref<void(Value)> turn) {
  if (turns == 1)
    return emitTileAt(function.blockId(), [&] { turn(math.constant(0)); });
  auto loop = scf::ForOp::create(builder, loc, function.blockId(), countOfTiles(), countOfBlocks(), math.constant(0));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value firstStep = loop.getRegionIterArgs().front();
  emitTileAt(loop.getInductionVar(), [&] { turn(firstStep); });
  scf::YieldOp::create(builder, loc, math.add(firstStep, countOfStretches()));
}

Value WgmmaContraction::countOfTiles() {
  Value down = math.div(math.add(extentOf(p.m), tile.block.m - 1), tile.block.m);
  return math.mul(down, llvm::divideCeil(p.n.extent, tile.block.n));
}

Value WgmmaContraction::countOfBlocks() {
  if (!p.m.dynamic)
    return math.constant(gridOf(p, tile).fixed);
  int64_t ofBlocks = tile.block.m * turns;
  return math.mul(math.div(math.add(extentOf(p.m), ofBlocks - 1), ofBlocks),
                  llvm::divideCeil(p.n.extent, tile.block.n));
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

Value WgmmaContraction::countOfStretches() {
  Value count = math.div(math.add(extentOf(p.k), stretch - 1), stretch);
  for (const ContractionDim &dim : p.outerK)
    count = arith::MulIOp::create(builder, loc, count, extentOf(dim));
  return count;
}

WgmmaContraction::Values WgmmaContraction::placesOf(Value number) {
  if (p.outerK.empty())
    return {math.mul(number, stretch)};
  Value perK = math.div(math.add(extentOf(p.k), stretch - 1), stretch);
  Value inK = math.mul(math.rem(number, perK), stretch);
  number = math.div(number, perK);
  Values places(p.outerK.size());
  for (auto [dim, place] : llvm::reverse(llvm::zip_equal(p.outerK, places))) {
    Value extent = extentOf(dim);
    place = math.rem(number, extent);
    number = math.div(number, extent);
  }
  places.insert(places.begin(), inK);
  return places;
}

void WgmmaContraction::emitCopies(Value firstStep) {
  auto loop = scf::ForOp::create(builder, loc, math.constant(0), countOfStretches(), math.constant(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value number = loop.getInductionVar(), step = arith::AddIOp::create(builder, loc, firstStep, number);
  ring->beginFilling(step, stageBytes());
  copyTile(left, 0, number, step, 0);
  copyTile(right, 1, number, step, tile.block.m * kRowBytes);
}

/// Stretch `number` to the stage of `step`. `offset`: of the side's tile in a stage.
void WgmmaContraction::copyTile(const Side &side, unsigned map, Value number, Value step, int64_t offset) {
  WgmmaOperand plan = &side == &right ? *planRight(p, tile) : *planLeft(p, tile);
  Value to = math.add(math.mul(ring->stage(step), stageBytes()), offset);
  Values places = placesOf(number);
  for (int64_t box = 0; box < (plan.alongK ? 1 : side.width / kBoxRows); ++box) {
    Value at = math.add(side.start, box * kBoxRows), k = places.front();
    Values coordinates = plan.alongK ? Values{k, at} : Values{at, k};
    for (const ContractionDim *dim : plan.further) {
      bool isK = dim >= p.outerK.begin() && dim < p.outerK.end();
      coordinates.push_back(isK ? places[1 + (dim - p.outerK.begin())] : outerIndex[dim - p.outer.begin()]);
    }
    for (Value &coordinate : coordinates)
      coordinate = toI32(builder, loc, coordinate);
    constexpr unsigned clusterSpace = 7;
    Value pointer =
        LLVM::AddrSpaceCastOp::create(builder, loc, LLVM::LLVMPointerType::get(builder.getContext(), clusterSpace),
                                      shared->pointer(math.add(to, box * kBoxBytes)));
    NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
        builder, loc, pointer, function.tensorMap(map), coordinates, ring->fullBarrier(step),
        /*im2colOffsets=*/ValueRange(), /*multicastMask=*/Value(), /*l2CacheHint=*/Value(), NVVM::TMALoadMode::TILE,
        /*isCTAOnly=*/false, /*group=*/nullptr, /*predicate=*/Value());
  }
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Sums of a thread: for each 8 columns two neighbours in row lane / 4 of the warp's 16, and two 8 rows below.
static int64_t sumCount(const WgmmaTile &tile) {
  return tile.block.n / 2;
}

/// No numbers yet: the first product does not add to them.
Value WgmmaContraction::noSums() {
  SmallVector<Type> types(sumCount(tile), builder.getF32Type());
  return LLVM::UndefOp::create(builder, loc, LLVM::LLVMStructType::getLiteral(builder.getContext(), types));
}

/// One stretch is multiplied while the warps wait for the next: a stage is released once the one behind it has begun.
Value WgmmaContraction::multiplyStretches(Value group, Value firstStep) {
  Value one = math.constant(1), count = countOfStretches(), inGroup = math.rem(thread, kGroup);
  auto signRead = [&](Value step) { emitIf(builder, loc, math.less(inGroup, one), [&] { ring->signRead(step); }); };
  ring->waitUntilFull(firstStep);
  Value sums = multiply(firstStep, group, noSums(), /*isFirst=*/true);
  auto loop = scf::ForOp::create(builder, loc, one, count, one, sums);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value before = math.add(math.add(firstStep, loop.getInductionVar()), -1), step = math.add(before, 1);
    ring->waitUntilFull(step);
    Value next = multiply(step, group, loop.getRegionIterArgs().front(), /*isFirst=*/false);
    NVVM::WgmmaWaitGroupSyncOp::create(builder, loc, 1);
    signRead(before);
    scf::YieldOp::create(builder, loc, next);
  }
  NVVM::WgmmaWaitGroupSyncOp::create(builder, loc, 0);
  if (turns > 1)
    signRead(math.add(math.add(firstStep, count), -1));
  return loop.getResult(0);
}

/// Where a tile lies and how: PTX ISA, "Matrix Descriptor Format", for rows of 128 bytes with their chunks permuted.
Value WgmmaContraction::descriptor(const Side &side, Value address) {
  constexpr int64_t unit = 16, addressMask = 0x3fff, swizzle128 = int64_t(1) << 62;
  constexpr int64_t eightRows = 8 * kRowBytes;
  // From one 64 elements of the result to the next where those lie side by side; not looked at where k does.
  int64_t between = side.liesAlongK(p.k) ? unit : kBoxBytes;
  Value number = toI32(builder, loc, math.rem(math.div(address, unit), addressMask + 1));
  number = arith::ExtUIOp::create(builder, loc, builder.getI64Type(), number);
  Value rest = arith::ConstantOp::create(
      builder, loc, builder.getI64IntegerAttr(swizzle128 | eightRows / unit << 32 | between / unit << 16));
  return arith::OrIOp::create(builder, loc, number, rest);
}

/// Starts the products of a stretch, which is that of `step`.
Value WgmmaContraction::multiply(Value step, Value group, Value sums, bool isFirst) {
  Value stage = math.mul(ring->stage(step), stageBytes());
  Value a = descriptor(left, shared->address(math.add(stage, math.mul(group, kGroupRows * kRowBytes))));
  Value b = descriptor(right, shared->address(math.add(stage, tile.block.m * kRowBytes)));
  NVVM::WgmmaFenceAlignedOp::create(builder, loc);
  auto type = operandType.isBF16()  ? NVVM::WGMMATypes::bf16
              : operandType.isF16() ? NVVM::WGMMATypes::f16
                                    : NVVM::WGMMATypes::tf32;
  const int64_t perInstruction = kInstructionBytes / elementBytes(operandType);
  bool leftAlongK = left.liesAlongK(p.k), rightAlongK = right.liesAlongK(p.k);
  auto advance = [&](Value descriptor, bool alongK, int64_t k) -> Value {
    constexpr int64_t unit = 16;
    int64_t bytes = alongK ? k * elementBytes(operandType) : k * kRowBytes;
    if (bytes == 0)
      return descriptor;
    return arith::AddIOp::create(builder, loc, descriptor,
                                 arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(bytes / unit)));
  };
  for (int64_t k = 0; k < stretch; k += perInstruction)
    sums = NVVM::WgmmaMmaAsyncOp::create(
        builder, loc, sums.getType(), sums, advance(a, leftAlongK, k), advance(b, rightAlongK, k),
        NVVM::MMAShapeAttr::get(builder.getContext(), kGroupRows, tile.block.n, perInstruction), type, type,
        NVVM::WGMMATypes::f32, isFirst && k == 0 ? NVVM::WGMMAScaleOut::zero : NVVM::WGMMAScaleOut::one,
        NVVM::WGMMAScaleIn::one, NVVM::WGMMAScaleIn::one, leftAlongK ? NVVM::MMALayout::row : NVVM::MMALayout::col,
        rightAlongK ? NVVM::MMALayout::col : NVVM::MMALayout::row, /*satfinite=*/nullptr);
  NVVM::WgmmaGroupSyncAlignedOp::create(builder, loc);
  return sums;
}

/// By warps, which need not wait for each other.
void WgmmaContraction::emitEpilogue(ArrayRef<Value> sums) {
  Value warp = math.div(thread, kWarp), lane = math.rem(thread, kWarp);
  Value offset = math.add(math.mul(warp, bytesOfSlab(tile)), tile.stages * stageBytes());
  Value slab = shared->view(offset, {kWarpRows, tile.slabColumns + kSlabPadding}, element);
  constexpr int64_t halfRows = 8, columns = 8;
  Value row = math.div(lane, 4), column = math.mul(math.rem(lane, 4), 2);
  Value allLanes = arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(-1));
  int64_t ofSlab = tile.slabColumns / 2; // sums of a thread
  for (int64_t first = 0; first < sumCount(tile); first += ofSlab) {
    NVVM::SyncWarpOp::create(builder, loc, allLanes); // others may still read what was there
    for (int64_t i = 0; i < ofSlab; i += 2) {
      Value pair = vector::FromElementsOp::create(
          builder, loc, VectorType::get({2}, element),
          ValueRange{LLVM::ExtractValueOp::create(builder, loc, sums.front(), first + i),
                     LLVM::ExtractValueOp::create(builder, loc, sums.front(), first + i + 1)});
      vector::StoreOp::create(builder, loc, pair, slab,
                              ValueRange{math.add(row, i % 4 / 2 * halfRows), math.add(column, i / 4 * columns)});
    }
    NVVM::SyncWarpOp::create(builder, loc, allLanes);
    Part part{kWarpRows, tile.slabColumns, math.constant(2 * first), lane, kWarp};
    emitSlab(slab, part, [&](Value line) { return math.add(math.mul(warp, kWarpRows), line); });
  }
}

} // namespace sinter

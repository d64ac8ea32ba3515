// Products on a GPU by the matrix instructions of warps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A warp computes a part of the block's tile with `mma.sync`: matrices of 16 x 8 results from 16 bytes of each row and
// column at a time. Operands come to shared memory some stretches ahead:
//
//   stage 0   1   2     stretch 0 is multiplied while 1 and 2 are under way; then 3 comes to stage 0, ...
//
// as they lie in memory, by asynchronous copies of 16 bytes, if they can be cut into such; element by element
// otherwise (prologues, rows whose length is no multiple of 16 bytes). Fragments are read by `ldmatrix`, which
// transposes those that lie across; tf32, which it cannot, number by number.
//
// Each product is exact, and sums are in f32. tf32 has the exponents of f32 and 10 bits of fraction: operands are
// rounded to it (PTX ISA, "Matrix multiply-accumulate operation using mma instruction").

#include "ContractionSkeleton.h"
#include "StagedTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {
namespace {

constexpr int64_t kStages = 3;
/// Rows and columns of the results of one instruction.
constexpr int64_t kMmaRows = 16, kMmaColumns = 8;
/// Results of one instruction that a thread has: two neighbours in each of two rows.
constexpr int64_t kMmaResults = 4;
/// Bytes of a row that one instruction multiplies, and that a stage holds.
constexpr int64_t kMmaBytes = 32, kStageBytes = 2 * kMmaBytes;

struct MmaTile {
  int64_t bm, bn;         ///< of a block
  int64_t warpsM, warpsN; ///< how it is divided among warps
  int64_t bk = 0;         ///< set by `of`

  MmaTile of(Type factor) const { return {bm, bn, warpsM, warpsN, kStageBytes * 8 / factor.getIntOrFloatBitWidth()}; }
  BlockTile block() const { return {bm, bn, bk, warpsM * warpsN * kWarp}; }
  int64_t rows() const { return bm / warpsM / kMmaRows; }       ///< instructions of a warp
  int64_t columns() const { return bn / warpsN / kMmaColumns; } ///< the same
};

constexpr MmaTile kTiles[] = {{128, 128, 2, 4}, {64, 64, 2, 2}, {32, 32, 2, 2}};

class MmaSkeleton : public ContractionSkeleton {
public:
  MmaSkeleton(DeviceFunction &function, const ContractionProblem &problem, const MmaTile &tile, Type factor)
      : ContractionSkeleton(function, problem, tile.block()), tile(tile), factor(factor) {}

private:
  /// One operand: how it gets to shared memory, and is read there.
  struct Stages {
    Side *side;
    StagedTile tile;
    bool across;       ///< the tile's rows are along k
    bool asynchronous; ///< it is copied in chunks

    /// Indices of the tile's dims, in its order.
    std::pair<Value, Value> inOrder(Value at, Value k) const { return across ? std::pair(k, at) : std::pair(at, k); }
  };

  void allocate() override;
  int64_t accumulators() const override { return tile.rows() * tile.columns() * kMmaResults; }
  Values emitStretches(Values accumulators) override;
  void emitEpilogue(ArrayRef<Value> accumulators) override;

  bool isHalf() const { return factor.getIntOrFloatBitWidth() == 16; }
  bool canCopyChunks(const Side &side) const;
  void bring(Value k);
  void copyChunks(const Stages &stages, Value stage, Value firstK);
  void copyElements(const Stages &stages, Value stage, Value firstK);
  Values multiply(Value stage, ValueRange accumulators);
  Values fragmentsOfHalves(const Stages &stages, Value stage, Value first, int64_t firstK, bool isLeft);
  Values fragmentsOfTf32(const Stages &stages, Value stage, Value first, int64_t firstK, bool isLeft);
  Values fragments(const Stages &stages, Value stage, Value first, int64_t firstK, bool isLeft) {
    return isHalf() ? fragmentsOfHalves(stages, stage, first, firstK, isLeft)
                    : fragmentsOfTf32(stages, stage, first, firstK, isLeft);
  }
  void instruction(ArrayRef<Value> a, ArrayRef<Value> b, MutableArrayRef<Value> sums);

  Value lane() { return math.rem(thread, kWarp); }
  Value warpRow() { return math.mul(math.div(math.div(thread, kWarp), tile.warpsN), tile.bm / tile.warpsM); }
  Value warpColumn() { return math.mul(math.rem(math.div(thread, kWarp), tile.warpsN), tile.bn / tile.warpsN); }

  MmaTile tile;
  Type factor;
  Value memory; ///< all shared memory, in bytes
  Stages a, b;
};

/// The stages share their memory with the slab that the epilogue reads, which comes after them.
void MmaSkeleton::allocate() {
  int64_t bytes = 0;
  SmallVector<int64_t> starts;
  for (Side *side : {&left, &right}) {
    starts.push_back(bytes);
    bytes += kStages * side->width * kStageBytes;
  }
  memory = function.shared({bytes}, builder.getI8Type());
  auto stagesOf = [&](Side &side, int64_t start) {
    bool across = !side.alongK(p.k);
    int64_t rows = across ? block.bk : side.width, columns = across ? side.width : block.bk;
    auto space = cast<MemRefType>(memory.getType()).getMemorySpace();
    auto type = MemRefType::get({kStages, rows, columns}, factor, MemRefLayoutAttrInterface(), space);
    Value buffer = memref::ViewOp::create(builder, loc, type, memory, math.constant(start), ValueRange());
    return Stages{&side, {buffer, rows, columns, across && !isHalf()}, across, canCopyChunks(side)};
  };
  a = stagesOf(left, starts[0]);
  b = stagesOf(right, starts[1]);
}

/// Chunks begin at multiples of their size, and are inside of the operand or outside as a whole.
bool MmaSkeleton::canCopyChunks(const Side &side) const {
  if (side.operand->prologue || side.operand->element() != factor)
    return false;
  int64_t chunk = kAccessBytes * 8 / factor.getIntOrFloatBitWidth();
  ArrayRef<int64_t> strides = side.operand->sources.front().strides;
  const ContractionDim &inner = side.alongK(p.k) ? p.k : *side.dim, &other = side.alongK(p.k) ? *side.dim : p.k;
  auto isMultiple = [&](const ContractionDim &dim) { return strideAlong(strides, dim) % chunk == 0; };
  return strideAlong(strides, inner) == 1 && !inner.dynamic && inner.extent % chunk == 0 && isMultiple(other) &&
         llvm::all_of(p.outer, isMultiple) && llvm::all_of(p.outerK, isMultiple);
}

void MmaSkeleton::copyChunks(const Stages &stages, Value stage, Value firstK) {
  const Side &side = *stages.side;
  const StagedTile &staged = stages.tile;
  ArrayRef<int64_t> strides = side.operand->sources.front().strides;
  for (int64_t first = 0; first < staged.chunks(); first += block.threads) {
    Value number = math.add(thread, first), row = math.div(number, staged.chunksOfRow());
    Value column = math.mul(math.rem(number, staged.chunksOfRow()), staged.chunk());
    auto [at, k] = stages.inOrder(row, column);
    at = math.add(side.start, at), k = math.add(firstK, k);
    Value offset =
        math.add(outerOffset(strides, /*withK=*/true),
                 math.add(math.mul(at, strideAlong(strides, *side.dim)), math.mul(k, strideAlong(strides, p.k))));
    // What is not read becomes zero.
    Value count;
    if (Value valid = isInside(side, at, k)) {
      offset = arith::SelectOp::create(builder, loc, valid, offset, math.constant(0));
      count = arith::SelectOp::create(builder, loc, valid, math.constant(staged.chunk()), math.constant(0));
    }
    nvgpu::DeviceAsyncCopyOp::create(builder, loc, staged.buffer, staged.place(math, stage, row, column),
                                     flat(side.operand->sources.front().argument), offset,
                                     builder.getIndexAttr(staged.chunk()), count, builder.getUnitAttr());
  }
}

/// Neighbouring threads read along the dim that lies side by side.
void MmaSkeleton::copyElements(const Stages &stages, Value stage, Value firstK) {
  const Side &side = *stages.side;
  const StagedTile &staged = stages.tile;
  for (int64_t first = 0; first < staged.rows * staged.columns; first += block.threads) {
    Value number = math.add(thread, first);
    Value row = math.div(number, staged.columns), column = math.rem(number, staged.columns);
    auto [at, k] = stages.inOrder(row, column);
    Value value = operandElement(side, math.add(side.start, at), math.add(firstK, k), factor);
    memref::StoreOp::create(builder, loc, value, staged.buffer, staged.place(math, stage, row, column));
  }
}

/// The stretch at `k`, if there is one. A group of copies is made in any case, so that waiting can count them.
void MmaSkeleton::bring(Value k) {
  emitIf(builder, loc, math.less(k, extentOf(p.k)), [&] {
    Value stage = math.rem(math.div(k, block.bk), kStages);
    for (const Stages &stages : {a, b})
      stages.asynchronous ? copyChunks(stages, stage, k) : copyElements(stages, stage, k);
  });
  NVVM::CpAsyncCommitGroupOp::create(builder, loc);
}

MmaSkeleton::Values MmaSkeleton::emitStretches(Values accumulators) {
  for (int64_t ahead = 0; ahead < kStages - 1; ++ahead)
    bring(math.constant(ahead * block.bk));
  auto loop = scf::ForOp::create(builder, loc, math.constant(0), extentOf(p.k), math.constant(block.bk), accumulators);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value k = loop.getInductionVar();
    NVVM::CpAsyncWaitGroupOp::create(builder, loc, kStages - 2);
    function.barrier(); // also: the stage that comes next has been multiplied by all
    bring(math.add(k, (kStages - 1) * block.bk));
    scf::YieldOp::create(builder, loc, multiply(math.rem(math.div(k, block.bk), kStages), loop.getRegionIterArgs()));
  }
  // The memory serves again.
  NVVM::CpAsyncWaitGroupOp::create(builder, loc, 0);
  function.barrier();
  return Values(loop.getResults());
}

/// Four matrices of 8 rows by 16 bytes, of which thread t of eight names the rows of matrix t / 8. On the left they are
/// the quarters of 16 rows of m, first down, then along k; on the right two pairs along k of 8 columns each.
MmaSkeleton::Values MmaSkeleton::fragmentsOfHalves(const Stages &stages, Value stage, Value first, int64_t firstK,
                                                   bool isLeft) {
  int64_t size = kMmaColumns;
  Value inMatrix = math.rem(lane(), size), fast = math.mul(math.rem(math.div(lane(), size), 2), size),
        slow = math.mul(math.div(lane(), 2 * size), size);
  Value at = isLeft ? fast : slow, k = isLeft ? slow : fast;
  (stages.across ? k : at) = math.add(stages.across ? k : at, inMatrix);
  auto [row, column] = stages.inOrder(math.add(first, at), math.add(k, firstK));
  auto type = VectorType::get({4, 2}, factor);
  Value matrices =
      nvgpu::LdMatrixOp::create(builder, loc, type, stages.tile.buffer, stages.tile.place(math, stage, row, column),
                                builder.getBoolAttr(stages.across), builder.getI32IntegerAttr(4));
  Values result;
  for (int64_t i = 0; i < 4; ++i) {
    Value pair = vector::ExtractOp::create(builder, loc, matrices, i);
    result.push_back(factor.isF16() ? pair : Value(LLVM::BitcastOp::create(builder, loc, builder.getI32Type(), pair)));
  }
  return result;
}

/// The same four parts of f32, rounded to tf32: thread t of a warp has element t % 4 of row or column t / 4 of each.
MmaSkeleton::Values MmaSkeleton::fragmentsOfTf32(const Stages &stages, Value stage, Value first, int64_t firstK,
                                                 bool isLeft) {
  Value inMatrix = math.div(lane(), 4), along = math.add(math.rem(lane(), 4), firstK);
  Values result;
  for (int64_t i = 0; i < 4; ++i) {
    int64_t at = isLeft ? i % 2 : i / 2, k = isLeft ? i / 2 : i % 2;
    auto [row, column] = stages.inOrder(math.add(math.add(first, inMatrix), at * kMmaColumns), math.add(along, k * 4));
    Value number =
        memref::LoadOp::create(builder, loc, stages.tile.buffer, stages.tile.place(math, stage, row, column));
    result.push_back(
        NVVM::ConvertFloatToTF32Op::create(builder, loc, builder.getI32Type(), number, NVVM::FPRoundingMode::RNA));
  }
  return result;
}

void MmaSkeleton::instruction(ArrayRef<Value> a, ArrayRef<Value> b, MutableArrayRef<Value> sums) {
  NVVM::MMATypes type = factor.isF16()    ? NVVM::MMATypes::f16
                        : factor.isBF16() ? NVVM::MMATypes::bf16
                                          : NVVM::MMATypes::tf32;
  int64_t k = kMmaBytes * 8 / factor.getIntOrFloatBitWidth();
  auto results = LLVM::LLVMStructType::getLiteral(builder.getContext(), SmallVector<Type>(kMmaResults, element));
  Value all =
      NVVM::MmaOp::create(builder, loc, results, a, b, sums, {kMmaRows, kMmaColumns, k}, std::nullopt, std::nullopt,
                          std::array{type, type}, std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
  for (auto [i, sum] : llvm::enumerate(sums))
    sum = LLVM::ExtractValueOp::create(builder, loc, all, i);
}

MmaSkeleton::Values MmaSkeleton::multiply(Value stage, ValueRange accumulators) {
  Values sums(accumulators);
  int64_t step = block.bk * kMmaBytes / kStageBytes;
  for (int64_t k = 0; k < block.bk; k += step) {
    SmallVector<Values> rows, columns;
    for (int64_t i = 0; i < tile.rows(); ++i)
      rows.push_back(fragments(a, stage, math.add(warpRow(), i * kMmaRows), k, /*isLeft=*/true));
    for (int64_t j = 0; j < tile.columns(); j += 2) // two at a time
      columns.push_back(fragments(b, stage, math.add(warpColumn(), j * kMmaColumns), k, /*isLeft=*/false));
    for (int64_t i = 0; i < tile.rows(); ++i)
      for (int64_t j = 0; j < tile.columns(); ++j)
        instruction(rows[i], ArrayRef(columns[j / 2]).slice(j % 2 * 2, 2),
                    MutableArrayRef(sums).slice((i * tile.columns() + j) * kMmaResults, kMmaResults));
  }
  return sums;
}

/// The rows of one instruction of every warp make a slab.
void MmaSkeleton::emitEpilogue(ArrayRef<Value> accumulators) {
  auto space = cast<MemRefType>(memory.getType()).getMemorySpace();
  auto type = MemRefType::get({tile.warpsM * kMmaRows, tile.bn}, element, MemRefLayoutAttrInterface(), space);
  Value slab = memref::ViewOp::create(builder, loc, type, memory, math.constant(0), ValueRange());
  int64_t warpRows = tile.rows() * kMmaRows;
  Value line = math.add(math.mul(math.div(warpRow(), warpRows), kMmaRows), math.div(lane(), 4));
  Value column = math.add(warpColumn(), math.mul(math.rem(lane(), 4), 2));
  for (int64_t i = 0; i < tile.rows(); ++i) {
    if (i > 0)
      function.barrier();
    for (int64_t j = 0; j < tile.columns() * kMmaResults; ++j) {
      int64_t result = j % kMmaResults;
      memref::StoreOp::create(builder, loc, accumulators[i * tile.columns() * kMmaResults + j], slab,
                              ValueRange{math.add(line, result / 2 * kMmaColumns),
                                         math.add(column, j / kMmaResults * kMmaColumns + result % 2)});
    }
    function.barrier();
    emitSlab(slab, [&](Value line) {
      Value warp = math.div(line, kMmaRows), inWarp = math.rem(line, kMmaRows);
      return math.add(math.add(math.mul(warp, warpRows), inWarp), i * kMmaRows);
    });
  }
}

} // namespace

bool hasMatrixInstruction(const ContractionProblem &problem, bool tf32) {
  Type factor = problem.lhs.element();
  if (factor != problem.rhs.element() || !problem.element().isF32())
    return false;
  return isHalf(factor) || (tf32 && factor.isF32());
}

void emitMmaContraction(DeviceEmission &emission, const ContractionProblem &problem) {
  Type factor = problem.lhs.element();
  const MmaTile tile = chooseTile(problem, ArrayRef(kTiles)).of(factor);
  DeviceFunction function =
      emission.create("", {ContractionSkeleton::grid(problem, tile.block()), tile.block().threads});
  MmaSkeleton(function, problem, tile, factor).emit();
  function.finish();
}

} // namespace sinter

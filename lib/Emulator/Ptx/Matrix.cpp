// How does a warp load fragments and multiply them: ldmatrix, stmatrix, mma.sync?
//
// The products of a sum are added to the accumulator one by one, in the order of k, each sum rounded to f32. Hardware
// adds in an order of its own and keeps a few more bits: results agree up to a few units in the last place of the
// largest term.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Floats.h"
#include "Memory.h"
#include "MemoryOrder.h"

#include <cstring>

namespace sinter::emulator {

using syntax::Operand;

//===----------------------------------------------------------------------===//
// ldmatrix and stmatrix
//===----------------------------------------------------------------------===//

static constexpr unsigned matrixRows = 8, rowBytes = 16;
using Tile = uint16_t[matrixRows][matrixRows];

/// Where row `row` of matrix `matrix` lies: lane 8 * matrix + row has the address.
static SharedPlace rowPlace(Warp &warp, const Instruction &instruction, unsigned matrix, unsigned row, Access access) {
  unsigned lane = matrix * matrixRows + row;
  SharedPlace place = sharedPlace(warp, lane, addressOf(warp, instruction, 0, lane), rowBytes, rowBytes);
  checkShared(warp, static_cast<int>(lane), place, rowBytes, access, warp.epoch(), warp.knowledge);
  return place;
}

static Status loadMatrices(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t fragments[4][warpSize];
  for (unsigned matrix = 0; matrix < instruction.vectorSize; ++matrix) {
    Tile tile;
    for (unsigned row = 0; row < matrixRows; ++row)
      memcpy(tile[row], rowPlace(warp, instruction, matrix, row, Access::Read).pointer(), rowBytes);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned row = lane / 4, column = lane % 4 * 2;
      uint16_t low = instruction.modifiers ? tile[column][row] : tile[row][column];
      uint16_t high = instruction.modifiers ? tile[column + 1][row] : tile[row][column + 1];
      fragments[matrix][lane] = uint32_t(high) << 16 | low;
    }
  }
  for (unsigned matrix = 0; matrix < instruction.vectorSize; ++matrix)
    warp.write(warp.list(instruction)[matrix], fragments[matrix], mask);
  return Status::Next;
}

static Status storeMatrices(Warp &warp, const Instruction &instruction, uint32_t) {
  for (unsigned matrix = 0; matrix < instruction.vectorSize; ++matrix) {
    const uint32_t *fragment = warp.lanes<uint32_t>(warp.list(instruction)[matrix]);
    Tile tile;
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned row = lane / 4, column = lane % 4 * 2;
      (instruction.modifiers ? tile[column][row] : tile[row][column]) = static_cast<uint16_t>(fragment[lane]);
      (instruction.modifiers ? tile[column + 1][row] : tile[row][column + 1]) =
          static_cast<uint16_t>(fragment[lane] >> 16);
    }
    for (unsigned row = 0; row < matrixRows; ++row)
      memcpy(rowPlace(warp, instruction, matrix, row, Access::Write).pointer(), tile[row], rowBytes);
  }
  return Status::Next;
}

static void decodeMatrixAccess(Decoder &decoder) {
  bool loads = decoder.mnemonic() == "ldmatrix";
  decoder.takeOneOf({"sync"});
  decoder.takeOneOf({"aligned"});
  decoder.takeOneOf({"m8n8"});
  unsigned count = 1u << decoder.takeOneOf({"x1", "x2", "x4"});
  decoder.out.modifiers = decoder.take("trans");
  Space space = takeSpaceOf(decoder);
  if (space != Space::Shared)
    decoder.fail("expected .shared");
  decoder.takeOneOf({"b16"});
  decoder.expectOperands(2);
  const Operand &registers = decoder.operand(loads ? 0 : 1);
  size_t found = registers.kind == Operand::Vector ? registers.elements.size() : 1;
  if (found != count)
    decoder.failOperand(registers, std::to_string(count) + " registers");
  std::vector<uint32_t> places;
  for (unsigned i = 0; i < count; ++i) {
    const Operand &element = registers.kind == Operand::Vector ? registers.elements[i] : registers;
    places.push_back(loads ? decoder.destination(element, Type::B32) : decoder.source(element, Type::B32));
  }
  decoder.address(decoder.operand(loads ? 1 : 0), 0);
  decoder.out.list = decoder.appendList(places);
  decoder.out.vectorSize = static_cast<uint16_t>(count);
  decoder.out.convergence = Convergence::Warp;
  noteAccess(decoder, Space::Shared, rowBytes, Order::Weak);
  decoder.out.handler = loads ? loadMatrices : storeMatrices;
}

//===----------------------------------------------------------------------===//
// mma.sync, 16 x 8 x k
//===----------------------------------------------------------------------===//

namespace {
enum class Element : uint8_t { F16, BF16, TF32 };
constexpr unsigned rows = 16, columns = 8, mostK = 16;

struct Operands {
  float a[rows][mostK], b[mostK][columns], c[rows][columns];
};
} // namespace

static float half(Element element, uint32_t bits) {
  return element == Element::F16 ? f16ToFloat(static_cast<uint16_t>(bits)) : bf16ToFloat(static_cast<uint16_t>(bits));
}

/// Registers of A: rows g and g + 8 in turn, then the next columns. Pairs of 16-bit elements, or one of tf32.
static void loadA(Warp &warp, const uint32_t *places, Element element, unsigned k, Operands &operands) {
  bool pairs = element != Element::TF32;
  unsigned count = rows * k / warpSize / (pairs ? 2 : 1);
  for (unsigned r = 0; r < count; ++r) {
    const uint32_t *values = warp.lanes<uint32_t>(places[r]);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned row = lane / 4 + 8 * (r & 1);
      if (pairs) {
        unsigned column = lane % 4 * 2 + 8 * (r >> 1);
        operands.a[row][column] = half(element, values[lane]);
        operands.a[row][column + 1] = half(element, values[lane] >> 16);
      } else
        operands.a[row][lane % 4 + 4 * (r >> 1)] = tf32ToFloat(values[lane]);
    }
  }
}

static void loadB(Warp &warp, const uint32_t *places, Element element, unsigned k, Operands &operands) {
  bool pairs = element != Element::TF32;
  unsigned count = columns * k / warpSize / (pairs ? 2 : 1);
  for (unsigned r = 0; r < count; ++r) {
    const uint32_t *values = warp.lanes<uint32_t>(places[r]);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned column = lane / 4;
      if (pairs) {
        unsigned row = lane % 4 * 2 + 8 * r;
        operands.b[row][column] = half(element, values[lane]);
        operands.b[row + 1][column] = half(element, values[lane] >> 16);
      } else
        operands.b[lane % 4 + 4 * r][column] = tf32ToFloat(values[lane]);
    }
  }
}

static void loadC(Warp &warp, const uint32_t *places, bool isHalf, Operands &operands) {
  for (unsigned r = 0; r < 4; ++r) {
    const uint32_t *values = warp.lanes<uint32_t>(places[isHalf ? r / 2 : r]);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      float value =
          isHalf ? f16ToFloat(static_cast<uint16_t>(values[lane] >> 16 * (r & 1))) : bitCast<float>(values[lane]);
      operands.c[lane / 4 + 8 * (r >> 1)][lane % 4 * 2 + (r & 1)] = value;
    }
  }
}

static void storeD(Warp &warp, const uint32_t *places, bool isHalf, const Operands &operands, uint32_t mask) {
  uint32_t values[4][warpSize] = {};
  for (unsigned r = 0; r < 4; ++r)
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      float value = operands.c[lane / 4 + 8 * (r >> 1)][lane % 4 * 2 + (r & 1)];
      if (isHalf)
        values[r / 2][lane] |= uint32_t(f16FromDouble(value)) << 16 * (r & 1);
      else
        values[r][lane] = bitCast<uint32_t>(canonical(value));
    }
  for (unsigned r = 0; r < (isHalf ? 2u : 4u); ++r)
    warp.write(places[r], values[r], mask);
}

/// `variant`: type of the elements; `modifiers`: bit 0 for C, bit 1 for D in f16; `immediate`: k. The list has D, A, B,
/// C.
static Status multiply(Warp &warp, const Instruction &instruction, uint32_t mask) {
  Element element = static_cast<Element>(instruction.variant);
  bool halfC = instruction.modifiers & 1, halfD = instruction.modifiers & 2;
  unsigned k = static_cast<unsigned>(instruction.immediate), perRegister = element == Element::TF32 ? 1 : 2;
  const uint32_t *d = warp.list(instruction), *a = d + (halfD ? 2 : 4), *b = a + rows * k / warpSize / perRegister,
                 *c = b + columns * k / warpSize / perRegister;
  Operands operands;
  loadA(warp, a, element, k, operands);
  loadB(warp, b, element, k, operands);
  loadC(warp, c, halfC, operands);
  for (unsigned i = 0; i < k; ++i)
    for (unsigned row = 0; row < rows; ++row)
      for (unsigned column = 0; column < columns; ++column)
        operands.c[row][column] += operands.a[row][i] * operands.b[i][column];
  storeD(warp, d, halfD, operands, mask);
  ++warp.block.cluster.matrixInstructions;
  return Status::Next;
}

static void appendRegisters(Decoder &decoder, size_t index, size_t count, bool writes, std::vector<uint32_t> &places) {
  const Operand &operand = decoder.operand(index);
  if (operand.kind != Operand::Vector && count == 1) {
    places.push_back(decoder.source(operand, Type::B32));
    return;
  }
  if (operand.kind != Operand::Vector || operand.elements.size() != count)
    decoder.failOperand(operand, std::to_string(count) + " registers");
  for (const Operand &element : operand.elements)
    places.push_back(writes ? decoder.destination(element, Type::B32) : decoder.source(element, Type::B32));
}

static void decodeMma(Decoder &decoder) {
  decoder.takeOneOf({"sync"});
  decoder.takeOneOf({"aligned"});
  static const unsigned depths[] = {16, 8, 4};
  unsigned k = depths[decoder.takeOneOf({"m16n8k16", "m16n8k8", "m16n8k4"})];
  decoder.takeOneOf({"row"});
  decoder.takeOneOf({"col"});
  Type d = decoder.takeType(), a = decoder.takeType(), b = decoder.takeType(), c = decoder.takeType();
  bool isTF32 = a == Type::TF32, isHalfType = a == Type::F16 || a == Type::BF16;
  bool accumulators = (d == Type::F32 && c == Type::F32) ||
                      (a == Type::F16 && (d == Type::F32 || d == Type::F16) && (c == Type::F32 || c == Type::F16));
  if (a != b || !(isTF32 ? k <= 8 : isHalfType && k >= 8) || !accumulators)
    decoder.fail("this shape and these types are not emulated: expected m16n8k16 or m16n8k8 of f16 or bf16, or "
                 "m16n8k8 or m16n8k4 of tf32");
  Element element = isTF32 ? Element::TF32 : a == Type::F16 ? Element::F16 : Element::BF16;
  unsigned perRegister = isTF32 ? 1 : 2;
  decoder.expectOperands(4);
  std::vector<uint32_t> places;
  appendRegisters(decoder, 0, d == Type::F16 ? 2 : 4, true, places);
  appendRegisters(decoder, 1, rows * k / warpSize / perRegister, false, places);
  appendRegisters(decoder, 2, columns * k / warpSize / perRegister, false, places);
  appendRegisters(decoder, 3, c == Type::F16 ? 2 : 4, false, places);
  decoder.out.list = decoder.appendList(places);
  decoder.out.variant = static_cast<uint8_t>(element);
  decoder.out.modifiers = static_cast<uint8_t>((c == Type::F16) | (d == Type::F16) << 1);
  decoder.out.immediate = k;
  decoder.out.convergence = Convergence::Warp;
  decoder.out.handler = multiply;
}

void addMatrixInstructions(DecodeTable &table) {
  table["ldmatrix"] = table["stmatrix"] = decodeMatrixAccess;
  table["mma"] = decodeMma;
}

} // namespace sinter::emulator

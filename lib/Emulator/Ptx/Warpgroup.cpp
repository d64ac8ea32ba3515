// How do four warps multiply matrices that lie in shared memory: wgmma?
//
// Each of the four warps issues the instruction; the product happens, at some time later, once all have. Sums are added
// to the accumulator in the order of k, each rounded to f32, as for mma.sync. Registers in use may not be touched
// before wgmma.wait_group, and registers that other instructions wrote need a wgmma.fence before.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AsyncCopy.h"
#include "Floats.h"
#include "Memory.h"
#include "MemoryOrder.h"
#include "TensorTile.h"

#include <cstring>

namespace sinter::emulator {

using syntax::Operand;

namespace {
enum class Element : uint8_t { F16, BF16, TF32 };
/// In Instruction::modifiers.
enum : uint8_t { RegistersA = 1, TransposeA = 2, TransposeB = 4, NegateA = 8, NegateB = 16, ImmediateScale = 32 };
constexpr unsigned tileRows = 64, warpRows = 16, registersA = 4;
} // namespace

static unsigned elementBytes(Element element) {
  return element == Element::TF32 ? 4 : 2;
}
static unsigned depthOf(Element element) {
  return 32 / elementBytes(element);
}

//===----------------------------------------------------------------------===//
// Descriptors
//===----------------------------------------------------------------------===//

namespace {
/// A 64-bit description of a matrix in shared memory. Strides are between groups of 8 rows (K-major), or as the layouts
/// of PTX "Strides" have it for MN-major ones.
class Descriptor {
public:
  explicit Descriptor(uint64_t bits) : bits(bits) {}
  bool isSupported() const { return (bits >> 49 & 7) == 0; } // no base offset
  /// Place of the byte of element (row, k); rows are those of A, columns of B.
  uint32_t place(unsigned row, unsigned k, unsigned bytes, bool isTransposed) const {
    unsigned span = spans[bits >> 62];
    uint32_t offset = isTransposed ? transposed(row, k, span, bytes) : straight(row, k * bytes, span);
    return swizzled(base() + offset, span);
  }

private:
  uint32_t field(unsigned shift) const { return static_cast<uint32_t>(bits >> shift & 0x3fff) << 4; }
  uint32_t base() const { return field(0); }
  uint32_t leading() const { return field(16); }
  uint32_t stride() const { return field(32); }
  uint32_t straight(unsigned row, unsigned byte, unsigned span) const {
    if (span == 0) // core matrices of 8 rows of 16 bytes
      return row / 8 * stride() + row % 8 * 16 + byte / 16 * leading() + byte % 16;
    return row / 8 * stride() + row % 8 * span + byte;
  }
  uint32_t transposed(unsigned row, unsigned k, unsigned span, unsigned bytes) const {
    if (span == 0)
      return row * bytes / 16 * stride() + row * bytes % 16 + k / 8 * leading() + k % 8 * 16;
    return row * bytes / span * leading() + row * bytes % span + k / 8 * stride() + k % 8 * span;
  }
  static constexpr unsigned spans[4] = {0, 128, 64, 32};
  uint64_t bits;
};
} // namespace

static float loadElement(Element element, const uint8_t *pointer) {
  if (element == Element::TF32) {
    uint32_t bits;
    memcpy(&bits, pointer, sizeof bits);
    return tf32ToFloat(bits);
  }
  uint16_t bits;
  memcpy(&bits, pointer, sizeof bits);
  return element == Element::F16 ? f16ToFloat(bits) : bf16ToFloat(bits);
}

/// `rows` x k elements, as result[k][row]: checks each 16 bytes once.
static std::vector<float> readMatrix(Warp &warp, Element element, uint64_t descriptor, unsigned rows, bool isTransposed,
                                     Epoch epoch, const Knowledge &knowledge) {
  unsigned bytes = elementBytes(element), depth = depthOf(element), perChunk = 16 / bytes;
  std::vector<float> matrix(size_t(depth) * rows);
  Descriptor layout(descriptor);
  for (unsigned row = 0; row < rows; ++row)
    for (unsigned k = 0; k < depth; ++k) {
      uint32_t address = layout.place(row, k, bytes, isTransposed);
      bool newChunk = (isTransposed ? row : k) % perChunk == 0;
      SharedPlace place{&warp.block, address - sharedBase};
      if (newChunk) {
        place = sharedPlace(warp, 0, address, 16, 16);
        checkShared(warp, -1, place, 16, Access::Read, epoch, knowledge);
      }
      matrix[size_t(k) * rows + row] = loadElement(element, place.pointer());
    }
  return matrix;
}

/// The fragment of A that a warp holds in registers: layout as for mma.sync.
static void readFragment(Element element, const std::vector<uint32_t> &registers, unsigned warp,
                         std::vector<float> &matrix) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned r = 0; r < registersA; ++r) {
      uint32_t bits = registers[lane * registersA + r];
      unsigned row = warpRows * warp + lane / 4 + 8 * (r & 1);
      if (element == Element::TF32) {
        matrix[size_t(lane % 4 + 4 * (r >> 1)) * tileRows + row] = tf32ToFloat(bits);
        continue;
      }
      for (unsigned i = 0; i < 2; ++i) {
        auto part = static_cast<uint16_t>(bits >> 16 * i);
        matrix[size_t(lane % 4 * 2 + i + 8 * (r >> 1)) * tileRows + row] =
            element == Element::F16 ? f16ToFloat(part) : bf16ToFloat(part);
      }
    }
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

static void accumulate(const Instruction &instruction, const uint32_t *places, const WarpgroupProduct &product,
                       const std::vector<float> &a, const std::vector<float> &b, unsigned warp) {
  unsigned columns = instruction.vectorSize, depth = depthOf(static_cast<Element>(instruction.variant));
  std::vector<float> row(columns);
  for (unsigned local = 0; local < warpRows; ++local) {
    auto place = [&](unsigned column) {
      unsigned lane = local % 8 * 4 + column % 8 / 2, r = column / 8 * 4 + local / 8 * 2 + column % 2;
      return reinterpret_cast<float *>(product.registers[warp] + places[r]) + lane;
    };
    for (unsigned column = 0; column < columns; ++column)
      row[column] = product.accumulates ? *place(column) : 0;
    for (unsigned k = 0; k < depth; ++k) {
      float factor = a[size_t(k) * tileRows + warpRows * warp + local];
      const float *other = &b[size_t(k) * columns];
      for (unsigned column = 0; column < columns; ++column)
        row[column] += factor * other[column];
    }
    for (unsigned column = 0; column < columns; ++column)
      *place(column) = canonical(row[column]);
  }
}

static void multiply(Warp &warp, const Instruction &instruction, const WarpgroupProduct &product, Actor actor) {
  Element element = static_cast<Element>(instruction.variant);
  uint8_t flags = instruction.modifiers;
  Epoch epoch(actor, product.time, false, true);
  std::vector<float> a;
  if (flags & RegistersA) {
    a.resize(size_t(depthOf(element)) * tileRows);
    for (unsigned i = 0; i < 4; ++i)
      readFragment(element, product.a[i], i, a);
  } else
    a = readMatrix(warp, element, product.descriptorA, tileRows, flags & TransposeA, epoch, product.knowledge);
  auto b = readMatrix(warp, element, product.descriptorB, instruction.vectorSize, flags & TransposeB, epoch,
                      product.knowledge);
  if (bool(flags & NegateA) != bool(flags & NegateB))
    for (float &value : a)
      value = -value;
  for (unsigned i = 0; i < 4; ++i)
    accumulate(instruction, warp.list(instruction), product, a, b, i);
  ++warp.block.cluster.warpgroupInstructions;
}

//===----------------------------------------------------------------------===//
// Issuing
//===----------------------------------------------------------------------===//

static Warpgroup &warpgroupOf(Warp &warp) {
  Warpgroup &warpgroup = warp.block.warpgroups[warp.index / 4];
  if (!warpgroup.actor)
    warpgroup.actor = warp.block.cluster.newActor("wgmma of warpgroup " + std::to_string(warp.index / 4));
  return warpgroup;
}

/// Lists: places of the accumulators, their register indices, then those of A where it is in registers.
namespace {
struct RegisterUse {
  const uint32_t *places;
  const uint32_t *registers;
  unsigned accumulators, operands;
};
} // namespace

static RegisterUse registersOf(Warp &warp, const Instruction &instruction) {
  unsigned accumulators = instruction.vectorSize / 2;
  unsigned operands = instruction.modifiers & RegistersA ? registersA : 0;
  const uint32_t *list = warp.list(instruction);
  return {list, list + accumulators + operands, accumulators, operands};
}

static std::string nameOfRegister(Warp &warp, uint32_t index) {
  return warp.frame().function->source->registers[index].name;
}

static void checkRegisters(Warp &warp, const RegisterUse &use, bool accumulates) {
  Frame &frame = warp.frame();
  for (unsigned i = 0; i < use.accumulators + use.operands; ++i) {
    uint32_t index = use.registers[i];
    bool isOperand = i >= use.accumulators;
    if (frame.written[index])
      warp.fail(-1, "register " + nameOfRegister(warp, index) +
                        " was written after the last wgmma.fence: expected one before it is used by wgmma");
    if ((isOperand || accumulates) && ~frame.defined[index] && warp.block.cluster.grid.options.checkRegisters)
      warp.fail(-1, "register " + nameOfRegister(warp, index) + " is read before it has a value");
    if (warp.inFlight[index] &&
        (isOperand ? warp.inFlight[index] >= Warp::accumulatorUse : warp.inFlight[index] % Warp::accumulatorUse != 0))
      warp.fail(-1, "register " + nameOfRegister(warp, index) +
                        " is in use by a wgmma in flight: expected a wgmma.wait_group before");
    frame.defined[index] = allLanes;
  }
}

static void markRegisters(Warp &warp, const RegisterUse &use, int sign) {
  for (unsigned i = 0; i < use.accumulators + use.operands; ++i)
    warp.inFlight[use.registers[i]] = static_cast<uint16_t>(warp.inFlight[use.registers[i]] +
                                                            sign * (i < use.accumulators ? Warp::accumulatorUse : 1));
}

static bool scaleOf(Warp &warp, const Instruction &instruction) {
  if (instruction.modifiers & ImmediateScale)
    return instruction.immediate & 1;
  uint32_t values = warp.predicate(instruction.source[2]);
  if (values != 0 && values != allLanes)
    warp.fail(-1, "expected the same scale-d for all threads");
  return values != 0;
}

/// All four warps have to issue the same products, with the same descriptors, in the same order.
static void joinProduct(Warp &warp, const Instruction &instruction, WarpgroupProduct &product) {
  uint64_t a = instruction.modifiers & RegistersA ? 0 : warp.lanes<uint64_t>(instruction.source[0])[0];
  uint64_t b = warp.lanes<uint64_t>(instruction.source[1])[0];
  bool accumulates = scaleOf(warp, instruction);
  if (!product.joined) {
    product.pc = warp.currentPc;
    product.descriptorA = a;
    product.descriptorB = b;
    product.accumulates = accumulates;
  }
  if (product.pc != warp.currentPc || product.descriptorA != a || product.descriptorB != b ||
      product.accumulates != accumulates)
    warp.fail(-1, "expected all four warps of the warpgroup to issue the same wgmma with the same descriptors");
  if (!Descriptor(b).isSupported() || !Descriptor(a).isSupported())
    warp.fail(-1, "descriptors with a base offset are not emulated");
  unsigned part = warp.index % 4;
  product.joined |= 1u << part;
  product.registers[part] = warp.registers;
  product.knowledge.join(warp.knowledge);
  if (instruction.modifiers & RegistersA) {
    const uint32_t *places = warp.list(instruction) + instruction.vectorSize / 2;
    product.a[part].resize(warpSize * registersA);
    for (unsigned lane = 0; lane < warpSize; ++lane)
      for (unsigned r = 0; r < registersA; ++r)
        product.a[part][lane * registersA + r] = warp.lanes<uint32_t>(places[r])[lane];
  }
}

static void startProduct(Warp &warp, const Instruction &instruction, Warpgroup &warpgroup,
                         const std::shared_ptr<WarpgroupProduct> &product) {
  product->time = warp.block.cluster.tick(warpgroup.actor);
  product->operation = std::make_shared<AsyncOperation>();
  if (warpgroup.complete)
    product->operation->before = warpgroup.products[warpgroup.complete - 1]->operation;
  // The product is kept by the warpgroup, which outlives the operation.
  product->operation->step = [&warp, &instruction, kept = product.get(), actor = warpgroup.actor, pc = warp.currentPc] {
    InPlaceOf at(warp, pc);
    multiply(warp, instruction, *kept, actor);
    return true;
  };
  ++warpgroup.complete;
  warp.block.cluster.enqueue(product->operation);
}

static Status issue(Warp &warp, const Instruction &instruction, uint32_t) {
  Warpgroup &warpgroup = warpgroupOf(warp);
  if ((warp.index / 4 + 1) * 4 > warp.block.warps.size())
    warp.fail(-1, "wgmma needs four warps, the last warpgroup of the block has fewer");
  RegisterUse use = registersOf(warp, instruction);
  checkRegisters(warp, use, scaleOf(warp, instruction));
  if (warp.productsIssued == warpgroup.products.size())
    warpgroup.products.push_back(std::make_shared<WarpgroupProduct>());
  auto product = warpgroup.products[warp.productsIssued++];
  joinProduct(warp, instruction, *product);
  markRegisters(warp, use, 1);
  if (product->joined == 0xf)
    startProduct(warp, instruction, warpgroup, product);
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// fence, commit, wait
//===----------------------------------------------------------------------===//

static Status fence(Warp &warp, const Instruction &, uint32_t) {
  std::fill(warp.frame().written.begin(), warp.frame().written.end(), 0);
  return Status::Next;
}

static Status commit(Warp &warp, const Instruction &, uint32_t) {
  warp.productGroups.push_back(warp.productsIssued);
  return Status::Next;
}

/// Operations of a warpgroup end in their order: waiting for the last one of a group is enough.
static Status wait(Warp &warp, const Instruction &instruction, uint32_t) {
  size_t allowed = static_cast<size_t>(instruction.immediate);
  if (warp.productGroups.size() <= allowed)
    return Status::Next;
  uint64_t until = warp.productGroups[warp.productGroups.size() - 1 - allowed];
  Warpgroup &warpgroup = warpgroupOf(warp);
  if (warpgroup.complete < until) {
    Wait &wait = warp.group().wait;
    wait.kind = Wait::Issue;
    wait.generation = until;
    return Status::Retry;
  }
  while (warp.productGroups.size() > allowed)
    warp.productGroups.pop_front();
  for (; warp.productsWaited < until; ++warp.productsWaited) {
    auto &product = warpgroup.products[warp.productsWaited];
    product->operation->finish();
    markRegisters(warp, registersOf(warp, warp.program->code[product->pc]), -1);
    warp.knowledge.seen.raise(warpgroup.actor, product->time);
    for (auto &registers : product->a) // no longer needed
      registers.clear();
  }
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

static unsigned takeColumns(Decoder &decoder, Element &element) {
  std::string shape = decoder.takePrefixed("m64n");
  unsigned columns = 0, depth = 0;
  char rest;
  if (sscanf(shape.c_str(), "m64n%uk%u%c", &columns, &depth, &rest) != 2 || columns % 8 || columns < 8 || columns > 256)
    decoder.fail("expected a shape .m64nNkK, N a multiple of 8 up to 256");
  Type d = decoder.takeType(), a = decoder.takeType(), b = decoder.takeType();
  if (d != Type::F32 || a != b || (a != Type::F16 && a != Type::BF16 && a != Type::TF32))
    decoder.fail("these types are not emulated: expected f32 sums of f16, bf16 or tf32");
  element = a == Type::F16 ? Element::F16 : a == Type::BF16 ? Element::BF16 : Element::TF32;
  if (depth != depthOf(element))
    decoder.fail("expected k" + std::to_string(depthOf(element)) + " for these types");
  return columns;
}

static uint32_t registerIndex(Decoder &decoder, const Operand &operand, uint32_t &place) {
  if (operand.kind != Operand::Register || decoder.registerBits(operand) != 32)
    decoder.failOperand(operand, "a register of 32 bits");
  place = decoder.decoded().registers[operand.reg].offset;
  return static_cast<uint32_t>(operand.reg);
}

/// Accumulators and A are not noted as reads and writes: their rules are those of `checkRegisters`.
static void decodeRegisters(Decoder &decoder, unsigned columns) {
  std::vector<uint32_t> places, registers;
  const Operand &d = decoder.operand(0), &a = decoder.operand(1);
  if (d.kind != Operand::Vector || d.elements.size() != columns / 2)
    decoder.failOperand(d, std::to_string(columns / 2) + " registers");
  std::vector<const Operand *> all;
  for (const Operand &element : d.elements)
    all.push_back(&element);
  if (a.kind == Operand::Vector) {
    if (a.elements.size() != registersA)
      decoder.failOperand(a, "4 registers");
    decoder.out.modifiers |= RegistersA;
    for (const Operand &element : a.elements)
      all.push_back(&element);
  } else
    decoder.out.source[0] = decoder.source(a, Type::B64);
  for (const Operand *operand : all) {
    uint32_t place;
    registers.push_back(registerIndex(decoder, *operand, place));
    places.push_back(place);
  }
  places.insert(places.end(), registers.begin(), registers.end());
  decoder.out.list = decoder.appendList(places);
}

static void decodeScales(Decoder &decoder, Element element) {
  const Operand &scale = decoder.operand(3);
  if (decoder.isInteger(scale)) {
    decoder.out.modifiers |= ImmediateScale;
    decoder.out.immediate = decoder.integer(scale);
  } else
    decoder.out.source[2] = decoder.source(scale, Type::Pred);
  size_t next = 4;
  for (uint8_t flag : {NegateA, NegateB}) {
    int64_t sign = decoder.integer(next++);
    if (sign != 1 && sign != -1)
      decoder.fail("expected a scale of 1 or -1, found " + std::to_string(sign));
    decoder.out.modifiers |= sign < 0 ? flag : 0;
  }
  bool transposes = element != Element::TF32;
  if (transposes && !(decoder.out.modifiers & RegistersA))
    decoder.out.modifiers |= decoder.integer(next++) ? TransposeA : 0;
  if (transposes)
    decoder.out.modifiers |= decoder.integer(next++) ? TransposeB : 0;
  decoder.expectOperands(next);
}

static void decodeProduct(Decoder &decoder) {
  Element element = Element::BF16;
  unsigned columns = takeColumns(decoder, element);
  decoder.out.variant = static_cast<uint8_t>(element);
  decoder.out.vectorSize = static_cast<uint16_t>(columns);
  decodeRegisters(decoder, columns);
  decoder.out.source[1] = decoder.source(2, Type::B64);
  decodeScales(decoder, element);
  decoder.out.handler = issue;
}

static void decodeWgmma(Decoder &decoder) {
  unsigned kind = decoder.takeOneOf({"fence", "mma_async", "commit_group", "wait_group"});
  decoder.takeOneOf({"sync"});
  decoder.takeOneOf({"aligned"});
  decoder.out.convergence = Convergence::Warp;
  decoder.out.isWarpgroup = true;
  decoder.decoded().usesWarpgroups = true;
  if (!decoder.decoded().source->isEntry)
    decoder.fail("wgmma is emulated in kernels only, not in functions that they call");
  if (kind == 1)
    return decodeProduct(decoder);
  decoder.expectOperands(kind == 3 ? 1 : 0);
  if (kind == 3)
    decoder.out.immediate = decoder.integer(0);
  decoder.out.handler = kind == 0 ? fence : kind == 2 ? commit : wait;
}

void addWarpgroupInstructions(DecodeTable &table) {
  table["wgmma"] = decodeWgmma;
}

} // namespace sinter::emulator

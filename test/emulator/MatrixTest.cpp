// Do fragments and products of matrices come out as PTX lays them down, in every format and layout?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

/// Small whole numbers: exact in every format, and so are their sums.
int entryA(int row, int k) {
  return (row * 7 + k * 5) % 9 - 4;
}
int entryB(int k, int column) {
  return (k * 3 + column * 4) % 7 - 3;
}

double product(int row, int column, int depth) {
  double sum = 0;
  for (int k = 0; k < depth; ++k)
    sum += entryA(row, k) * entryB(k, column);
  return sum;
}

struct Format {
  const char *name;
  unsigned bytes;
  uint32_t (*encode)(int);
};

uint32_t encodeF16(int value) { // whole numbers up to 8
  if (value == 0)
    return 0;
  int magnitude = std::abs(value), exponent = 31 - __builtin_clz(static_cast<unsigned>(magnitude));
  uint32_t fraction = static_cast<uint32_t>(magnitude << (10 - exponent)) & 1023;
  return (value < 0 ? 0x8000u : 0) | static_cast<uint32_t>(15 + exponent) << 10 | fraction;
}
uint32_t encodeBF16(int value) {
  return bits<uint32_t>(static_cast<float>(value)) >> 16;
}
uint32_t encodeTF32(int value) {
  return bits<uint32_t>(static_cast<float>(value)) | 0x1fff;
} // low bits do not count

const Format f16{"f16", 2, encodeF16}, bf16{"bf16", 2, encodeBF16}, tf32{"tf32", 4, encodeTF32};

/// Word of `perWord` elements from (row, k) on along k.
template <class F>
uint32_t wordOf(const Format &format, F entry, int k) {
  if (format.bytes == 4)
    return format.encode(entry(k));
  return format.encode(entry(k)) | format.encode(entry(k + 1)) << 16;
}

/// mma.sync with fragments that are made here, from the figures of the PTX manual.
void checkMma(const Format &format, int depth) {
  int perWord = 4 / static_cast<int>(format.bytes), wordsA = 16 * depth / 32 / perWord,
      wordsB = 8 * depth / 32 / perWord;
  DeviceMemory memory;
  Buffer<uint32_t> words(memory, std::vector<uint32_t>(32 * 16));
  for (int lane = 0; lane < 32; ++lane) {
    int group = lane / 4, inGroup = lane % 4;
    for (int r = 0; r < wordsA; ++r)
      words[lane * 16 + r] = wordOf(
          format, [&](int k) { return entryA(group + 8 * (r % 2), k); }, inGroup * perWord + r / 2 * 4 * perWord);
    for (int r = 0; r < wordsB; ++r)
      words[lane * 16 + 4 + r] =
          wordOf(format, [&](int k) { return entryB(k, group); }, inGroup * perWord + r * 4 * perWord);
    for (int r = 0; r < 4; ++r) // C
      words[lane * 16 + 8 + r] = bits<uint32_t>(static_cast<float>(100 * r));
  }
  auto list = [](const char *name, int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i)
      text += (i ? ", %" : "%") + std::string(name) + std::to_string(i);
    return text + "}";
  };
  std::string type = format.name;
  std::string body = ".reg .b32 %t, %a<4>, %b<2>, %c<4>, %d<4>; .reg .b64 %p, %o; ld.param.b64 %p, [data];\n"
                     "mov.u32 %t, %tid.x; mul.wide.u32 %o, %t, 64; add.u64 %p, %p, %o;\n";
  for (int r = 0; r < 4; ++r) {
    body += "ld.global.b32 %a" + std::to_string(r) + ", [%p+" + std::to_string(4 * r) + "];\n";
    body += "ld.global.b32 %c" + std::to_string(r) + ", [%p+" + std::to_string(32 + 4 * r) + "];\n";
    if (r < 2)
      body += "ld.global.b32 %b" + std::to_string(r) + ", [%p+" + std::to_string(16 + 4 * r) + "];\n";
  }
  std::string b = wordsB == 1 ? "{%b0}" : list("b", wordsB);
  body += "mma.sync.aligned.m16n8k" + std::to_string(depth) + ".row.col.f32." + type + "." + type + ".f32 " +
          list("d", 4) + ", " + list("a", wordsA) + ", " + b + ", " + list("c", 4) + ";\n";
  for (int r = 0; r < 4; ++r)
    body += "st.global.b32 [%p+" + std::to_string(48 + 4 * r) + "], %d" + std::to_string(r) + ";\n";
  auto module = Module::load(kernelText(".param .b64 data", body + "ret;"), memory);
  Launch launch;
  launch.block.x = 32;
  run(*module, "k", launch, Arguments().add(words.data()).bytes, memory, {});
  for (int lane = 0; lane < 32; ++lane)
    for (int r = 0; r < 4; ++r)
      EXPECT_EQ(bits<float>(words[lane * 16 + 12 + r]),
                100 * r + product(lane / 4 + 8 * (r / 2), lane % 4 * 2 + r % 2, depth))
          << type << " k" << depth << " lane " << lane << " register " << r;
}

} // namespace

TEST(Matrix, ProductsOfWarps) {
  checkMma(f16, 16);
  checkMma(bf16, 16);
  checkMma(f16, 8);
  checkMma(bf16, 8);
  checkMma(tf32, 8);
  checkMma(tf32, 4);
}

/// Two matrices of 16-bit numbers: loaded, transposed, stored transposed again.
TEST(Matrix, FragmentsAreLoadedAndStored) {
  DeviceMemory memory;
  Buffer<uint32_t> words(memory, std::vector<uint32_t>(32 * 8));
  std::string body = ".reg .b32 %t, %s, %x, %r<9>; .reg .b64 %p, %o; ld.param.b64 %p, [data]; mov.u32 %t, %tid.x;\n"
                     "mul.wide.u32 %o, %t, 32; add.u64 %p, %p, %o; mov.u32 %s, tile;\n"
                     // word w of shared memory holds the elements 2w and 2w + 1
                     "shl.b32 %x, %t, 2; add.u32 %x, %x, %s; mul.lo.u32 %r0, %t, 0x20002; add.u32 %r0, %r0, 0x10000;\n"
                     "st.shared.b32 [%x], %r0; add.u32 %r0, %r0, 0x400040; st.shared.b32 [%x+128], %r0; bar.sync 0;\n"
                     "and.b32 %r1, %t, 15; shl.b32 %r1, %r1, 4; add.u32 %r1, %r1, %s;\n"
                     "ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r2, %r3}, [%r1];\n"
                     "ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r4, %r5}, [%r1]; bar.sync 0;\n"
                     "stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%r1], {%r2, %r3}; bar.sync 0;\n"
                     "ld.shared.b32 %r6, [%x]; ld.shared.b32 %r7, [%x+128];\n"
                     "st.global.v4.b32 [%p], {%r2, %r3, %r4, %r5}; st.global.v2.b32 [%p+16], {%r6, %r7}; ret;";
  auto module = Module::load(kernelText(".param .b64 data", body, ".shared .align 16 .b8 tile[256];"), memory);
  Launch launch;
  launch.block.x = 32;
  if (reinterpret_cast<uintptr_t>(words.data()) % 16)
    GTEST_SKIP() << "the allocator gave no address that is a multiple of 16";
  run(*module, "k", launch, Arguments().add(words.data()).bytes, memory, {});
  auto pair = [](unsigned low, unsigned high) { return low | high << 16; };
  for (unsigned lane = 0; lane < 32; ++lane) {
    unsigned row = lane / 4, column = lane % 4 * 2, straight = row * 8 + column, transposed = column * 8 + row;
    EXPECT_EQ(words[lane * 8], pair(straight, straight + 1));
    EXPECT_EQ(words[lane * 8 + 1], pair(64 + straight, 64 + straight + 1));
    EXPECT_EQ(words[lane * 8 + 2], pair(transposed, transposed + 8));
    EXPECT_EQ(words[lane * 8 + 3], pair(64 + transposed, 64 + transposed + 8));
    EXPECT_EQ(words[lane * 8 + 4], pair(transposed, transposed + 8)) << "element (row, column) now stands transposed";
    EXPECT_EQ(words[lane * 8 + 5], pair(64 + transposed, 64 + transposed + 8));
  }
}

//===----------------------------------------------------------------------===//
// wgmma
//===----------------------------------------------------------------------===//

namespace {

constexpr int rows = 64, columns = 16;

/// How a matrix lies in shared memory: bytes of a swizzle (0: none), and whether k or the other dimension is
/// contiguous.
struct Layout {
  unsigned span;
  bool alongK;
};

/// Place of element (row, k), from the figures of the PTX manual: 16-byte chunks of a line are xored with its number.
unsigned placeOf(const Layout &layout, unsigned bytes, unsigned row, unsigned k) {
  unsigned line = layout.alongK ? row : k, byte = (layout.alongK ? k : row) * bytes;
  if (layout.span == 0) // core matrices of 8 lines of 16 bytes: those of one line group stand 128 bytes apart
    return line / 8 * 1024 + byte / 16 * 128 + line % 8 * 16 + byte % 16;
  unsigned start = line * layout.span, chunk = byte / 16 ^ start / 128 % 8 % (layout.span / 16);
  return start + chunk * 16 + byte % 16;
}

uint64_t descriptorOf(const Layout &layout, unsigned offset) {
  uint64_t code = layout.span == 128 ? 1 : layout.span == 64 ? 2 : layout.span == 32 ? 3 : 0;
  uint64_t lines = layout.span ? 8 * layout.span : 1024,
           chunks = layout.span ? 0 : 128;           // bytes between 8 lines, between chunks
  bool swapped = layout.span == 0 && !layout.alongK; // without swizzle the fields of MN-major matrices change places
  uint64_t leading = swapped ? lines : chunks, stride = swapped ? chunks : lines;
  return offset >> 4 | leading >> 4 << 16 | stride >> 4 << 32 | code << 62;
}

struct Case {
  Format format;
  Layout a, b;
  bool aInRegisters = false;
  int scaleB = 1;
};

/// D = 1 + A * B, twice by two instructions in one group.
void checkWgmma(const Case &test, AsyncMode mode) {
  constexpr unsigned sizeA = 16384, sizeB = 8192;
  unsigned bytes = test.format.bytes;
  int depth = 32 / static_cast<int>(bytes), perWord = 4 / static_cast<int>(bytes);
  DeviceMemory memory;
  std::vector<uint8_t> image(sizeA + sizeB);
  auto place = [&](unsigned at, uint32_t value) { memcpy(image.data() + at, &value, bytes); };
  for (int k = 0; k < depth; ++k) {
    for (int row = 0; row < rows; ++row)
      place(placeOf(test.a, bytes, row, k), test.format.encode(entryA(row, k)));
    for (int column = 0; column < columns; ++column)
      place(sizeA + placeOf(test.b, bytes, column, k), test.format.encode(entryB(k, column)));
  }
  Buffer<uint32_t> source(memory, std::vector<uint32_t>((sizeA + sizeB) / 4));
  memcpy(source.data(), image.data(), image.size());
  Buffer<uint32_t> fragments(memory, std::vector<uint32_t>(128 * 4)), out(memory, std::vector<uint32_t>(128 * 8));
  for (int thread = 0; thread < 128; ++thread)
    for (int r = 0; r < 4; ++r) {
      int row = thread / 32 * 16 + thread % 32 / 4 + 8 * (r % 2), first = thread % 4 * perWord + r / 2 * 4 * perWord;
      fragments[thread * 4 + r] = wordOf(test.format, [&](int k) { return entryA(row, k); }, first);
    }
  std::string body =
      ".reg .b32 %t, %s, %i, %x, %y, %d<8>, %a<4>; .reg .b64 %p, %f, %o, %e, %da, %db; .reg .pred %q;\n"
      "ld.param.b64 %p, [source]; ld.param.b64 %f, [fragments]; ld.param.b64 %o, [out]; mov.u32 %t, %tid.x;\n"
      "mov.u32 %s, tile; mov.u32 %i, %t;\nCOPY: shl.b32 %x, %i, 2; mul.wide.u32 %e, %i, 4; add.u64 %e, %e, %p;\n"
      "ld.global.b32 %y, [%e]; add.u32 %x, %x, %s; st.shared.b32 [%x], %y; add.u32 %i, %i, 128;\n"
      "setp.lt.u32 %q, %i, 6144; @%q bra COPY;\nfence.proxy.async.shared::cta; bar.sync 0;\n"
      "mul.wide.u32 %e, %t, 16; add.u64 %e, %e, %f;\n";
  for (int r = 0; r < 4; ++r)
    body += "ld.global.b32 %a" + std::to_string(r) + ", [%e+" + std::to_string(4 * r) + "];\n";
  for (int r = 0; r < 8; ++r)
    body += "mov.b32 %d" + std::to_string(r) + ", 0f3F800000;\n";
  // Shared memory begins at 1024: descriptors are made in the kernel, from the address.
  body += "cvt.u64.u32 %e, %s; shr.u64 %e, %e, 4; add.u64 %da, %e, " +
          std::to_string(static_cast<int64_t>(descriptorOf(test.a, 0))) + "; add.u64 %db, %e, " +
          std::to_string(static_cast<int64_t>(descriptorOf(test.b, sizeA))) + ";\nwgmma.fence.sync.aligned;\n";
  std::string type = test.format.name;
  std::string instruction = "wgmma.mma_async.sync.aligned.m64n16k" + std::to_string(depth) + ".f32." + type + "." +
                            type + " {%d0, %d1, %d2, %d3, %d4, %d5, %d6, %d7}, " +
                            (test.aInRegisters ? "{%a0, %a1, %a2, %a3}" : "%da") + ", %db, 1, 1, " +
                            std::to_string(test.scaleB);
  if (bytes == 2 && !test.aInRegisters)
    instruction += test.a.alongK ? ", 0" : ", 1";
  if (bytes == 2)
    instruction += test.b.alongK ? ", 0" : ", 1";
  body += instruction + ";\n" + instruction +
          ";\nwgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;\n"
          "mul.wide.u32 %e, %t, 32; add.u64 %e, %e, %o;\n";
  for (int r = 0; r < 8; ++r)
    body += "st.global.b32 [%e+" + std::to_string(4 * r) + "], %d" + std::to_string(r) + ";\n";
  auto module = Module::load(kernelText(".param .b64 source, .param .b64 fragments, .param .b64 out", body + "ret;",
                                        ".shared .align 1024 .b8 tile[24576];"),
                             memory);
  Launch launch;
  launch.block.x = 128;
  Options options;
  options.async = mode;
  run(*module, "k", launch, Arguments().add(source.data()).add(fragments.data()).add(out.data()).bytes, memory,
      options);
  for (int thread = 0; thread < 128; ++thread)
    for (int r = 0; r < 8; ++r) {
      int row = thread / 32 * 16 + thread % 32 / 4 + r / 2 % 2 * 8, column = r / 4 * 8 + thread % 4 * 2 + r % 2;
      ASSERT_EQ(bits<float>(out[thread * 8 + r]), 1 + 2 * test.scaleB * product(row, column, depth))
          << type << " A " << test.a.span << (test.a.alongK ? "K" : "M") << " B " << test.b.span
          << (test.b.alongK ? "K" : "N") << " row " << row << " column " << column;
    }
}

} // namespace

TEST(Matrix, ProductsOfWarpgroupsInEveryLayout) {
  for (const Format &format : {bf16, f16, tf32})
    for (unsigned spanA : {0u, 32u, 64u, 128u})
      for (unsigned spanB : {0u, 32u, 64u, 128u})
        checkWgmma({format, {spanA, true}, {spanB, true}}, AsyncMode::Random);
  // Contiguous along M or N: 16-bit formats alone. A has 64 rows, which is one line of 128 bytes.
  for (const Format &format : {bf16, f16}) {
    for (unsigned spanB : {0u, 32u, 64u, 128u})
      checkWgmma({format, {128, false}, {spanB, false}}, AsyncMode::Lazy);
    checkWgmma({format, {0, false}, {0, false}}, AsyncMode::Eager);
  }
}

TEST(Matrix, OperandsInRegistersAndNegation) {
  for (const Format &format : {bf16, f16, tf32}) {
    checkWgmma({format, {128, true}, {128, true}, true}, AsyncMode::Lazy);
    checkWgmma({format, {128, true}, {64, true}, false, -1}, AsyncMode::Random);
  }
}

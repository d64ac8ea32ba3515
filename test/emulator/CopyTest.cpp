// Do asynchronous copies put the right bytes in the right places?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

/// Aligned device memory of words that count up from `first`.
class Words {
public:
  Words(DeviceMemory &memory, size_t count, uint32_t first) : storage(count + 32), memory(memory) {
    auto address = reinterpret_cast<uintptr_t>(storage.data());
    begin = storage.data() + (128 - address % 128) % 128 / 4;
    std::iota(begin, begin + count, first);
    memory.add(begin, count * 4);
  }
  ~Words() { memory.remove(begin); }
  uint32_t &operator[](size_t i) { return begin[i]; }
  uint32_t *begin;

private:
  std::vector<uint32_t> storage;
  DeviceMemory &memory;
};

TensorMap wordMap(uint32_t *base, std::vector<uint64_t> extents, std::vector<uint16_t> box, uint8_t swizzle = 0) {
  TensorMap map;
  map.magic = tensorMapMagic;
  map.base = reinterpret_cast<uint64_t>(base);
  map.rank = static_cast<uint8_t>(extents.size());
  map.elementBytes = 4;
  map.swizzle = swizzle;
  uint64_t stride = 4;
  for (size_t i = 0; i < extents.size(); ++i) {
    map.extent[i] = extents[i];
    map.box[i] = box[i];
    map.elementStride[i] = 1;
    stride *= extents[i];
    if (i + 1 < extents.size())
      map.strideBytes[i] = stride;
  }
  return map;
}

const std::string registers = ".reg .b32 %t, %s, %r<9>; .reg .b64 %p, %m, %rd<9>; .reg .pred %q<4>;\n"
                              "mov.u32 %t, %tid.x; setp.eq.u32 %q0, %t, 0; ld.param.b64 %p, [out];\n"
                              "mov.b64 %m, map; cvta.param.u64 %m, %m; mov.u32 %s, tile;\n",
                  variables = ".shared .align 1024 .b8 tile[4096];\n.shared .align 8 .b8 barrier[8];\n",
                  parameters = ".param .b64 out, .param .align 64 .b8 map[128]";

/// Loads a tile by `instruction` ("2d" and coordinates), and gives the words of shared memory as they lie there.
std::vector<uint32_t> tileOf(TensorMap map, const std::string &dimensions, const std::string &coordinates,
                             unsigned words, DeviceMemory &memory) {
  Words out(memory, words, 0);
  std::string body =
      registers +
      "@%q0 mbarrier.init.shared.b64 [barrier], 1; fence.mbarrier_init.release.cluster; bar.sync 0;\n"
      "@%q0 mbarrier.arrive.expect_tx.shared.b64 _, [barrier], " +
      std::to_string(words * 4) + ";\n@%q0 cp.async.bulk.tensor." + dimensions +
      ".shared::cluster.global.mbarrier::complete_tx::bytes [%s], [%m, {" + coordinates +
      "}], [barrier];\nWAIT: mbarrier.try_wait.parity.shared.b64 %q1, [barrier], 0; @!%q1 bra WAIT;\n"
      "LOOP: setp.ge.u32 %q2, %t, " +
      std::to_string(words) +
      "; @%q2 exit; shl.b32 %r0, %t, 2; add.u32 %r1, %s, %r0; ld.shared.b32 %r2, [%r1];\n"
      "cvt.u64.u32 %rd0, %r0; add.u64 %rd0, %rd0, %p; st.global.b32 [%rd0], %r2; add.u32 %t, %t, 64; bra LOOP;";
  auto module = Module::load(kernelText(parameters, body, variables), memory);
  Launch launch;
  launch.block.x = 64;
  run(*module, "k", launch, Arguments().add(out.begin).add(map, 64).bytes, memory, {});
  return {out.begin, out.begin + words};
}

} // namespace

TEST(Copy, RowsAreFilledWithZerosOutside) {
  DeviceMemory memory;
  Words source(memory, 96, 1);
  auto one = tileOf(wordMap(source.begin, {90}, {16}), "1d", "80", 16, memory);
  for (unsigned i = 0; i < 16; ++i)
    EXPECT_EQ(one[i], i < 10 ? 81 + i : 0) << i;
}

TEST(Copy, MatricesAreFilledWithZerosOutside) {
  DeviceMemory memory;
  Words source(memory, 96, 1);
  auto two = tileOf(wordMap(source.begin, {8, 12}, {8, 4}), "2d", "-4, 10", 32, memory);
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 8; ++column)
      EXPECT_EQ(two[row * 8 + column], row < 2 && column >= 4 ? uint32_t((10 + row) * 8 + column - 4 + 1) : 0);
}

TEST(Copy, TensorsOfFiveDimsAreFilledWithZerosOutside) {
  DeviceMemory memory;
  Words source(memory, 8 * 3 * 4 * 2 * 2, 1);
  auto five = tileOf(wordMap(source.begin, {8, 3, 4, 2, 2}, {4, 2, 2, 2, 1}), "5d", "4, 2, 1, 0, 1", 32, memory);
  for (unsigned i = 0; i < 32; ++i) {
    unsigned a = 4 + i % 4, b = 2 + i / 4 % 2, c = 1 + i / 8 % 2, d = i / 16 % 2;
    EXPECT_EQ(five[i], b < 3 ? 1 + a + 8 * (b + 3 * (c + 4 * (d + 2 * 1))) : 0) << i;
  }
}

/// 16-byte chunks of a row are permuted by xor with the number of the row.
TEST(Copy, Swizzles) {
  DeviceMemory memory;
  Words source(memory, 32 * 16, 0);
  for (unsigned span : {32u, 64u, 128u}) {
    unsigned columns = span / 4;
    auto found =
        tileOf(wordMap(source.begin, {32, 16}, {static_cast<uint16_t>(columns), 16}, static_cast<uint8_t>(span)), "2d",
               "0, 0", columns * 16, memory);
    for (unsigned row = 0; row < 16; ++row)
      for (unsigned column = 0; column < columns; ++column) {
        unsigned repeat = 128 / span; // rows of one line of 128 bytes share the number
        unsigned chunk = column / 4 ^ (row / repeat) % (span / 16);
        EXPECT_EQ(found[row * columns + chunk * 4 + column % 4], row * 32 + column)
            << span << " " << row << " " << column;
      }
  }
}

TEST(Copy, TilesAreStored) {
  DeviceMemory memory;
  Words target(memory, 16 * 8, 0);
  for (unsigned i = 0; i < 16 * 8; ++i)
    target[i] = 7;
  std::string body = registers +
                     "shl.b32 %r0, %t, 2; add.u32 %r1, %s, %r0; add.u32 %r2, %t, 100; st.shared.b32 [%r1], %r2;\n"
                     "fence.proxy.async.shared::cta; bar.sync 0;\n@!%q0 exit;\n"
                     "cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%m, {12, 2}], [%s];\n"
                     "cp.async.bulk.commit_group; cp.async.bulk.wait_group 0; ret;";
  auto module = Module::load(kernelText(parameters, body, variables), memory);
  Launch launch;
  launch.block.x = 64;
  run(*module, "k", launch, Arguments().add(target.begin).add(wordMap(target.begin, {16, 8}, {8, 8}), 64).bytes, memory,
      {});
  for (unsigned row = 0; row < 8; ++row)
    for (unsigned column = 0; column < 16; ++column) // what lies outside of the tensor is not stored
      EXPECT_EQ(target[row * 16 + column], row >= 2 && column >= 12 ? 100 + (row - 2) * 8 + column - 12 : 7);
}

TEST(Copy, SmallCopiesAndZeros) {
  DeviceMemory memory;
  Words words(memory, 128, 1);
  std::string body = ".reg .b32 %t, %s, %r<9>; .reg .b64 %p, %a, %rd<4>; mov.u32 %t, %tid.x; ld.param.b64 %p, [data];\n"
                     "mul.wide.u32 %rd0, %t, 16; add.u64 %a, %p, %rd0; mov.u32 %s, tile; shl.b32 %r0, %t, 4;\n"
                     "add.u32 %r0, %r0, %s; and.b32 %r1, %t, 3; shl.b32 %r1, %r1, 2;\n"
                     "cp.async.cg.shared.global [%r0], [%a], 16, %r1; cp.async.commit_group; cp.async.wait_all;\n"
                     "ld.shared.v4.b32 {%r2, %r3, %r4, %r5}, [%r0]; st.global.v4.b32 [%a], {%r2, %r3, %r4, %r5}; ret;";
  auto module = Module::load(kernelText(".param .b64 data", body, ".shared .align 16 .b8 tile[512];"), memory);
  Launch launch;
  launch.block.x = 32;
  run(*module, "k", launch, Arguments().add(words.begin).bytes, memory, {});
  for (unsigned i = 0; i < 128; ++i) // thread t copies t % 4 words, the rest is zero
    EXPECT_EQ(words[i], i % 4 < i / 4 % 4 ? i + 1 : 0) << i;
}

/// One block of four loads; all of them get the tile.
TEST(Copy, Multicast) {
  DeviceMemory memory;
  Words source(memory, 64, 500), out(memory, 256, 0);
  std::string body =
      registers +
      "mov.u32 %r5, %cluster_ctarank;\n@%q0 mbarrier.init.shared.b64 [barrier], 1;\n"
      "fence.mbarrier_init.release.cluster;\nbarrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;\n"
      "@%q0 mbarrier.arrive.expect_tx.shared.b64 _, [barrier], 256;\n"
      "setp.eq.and.u32 %q3, %r5, 0, %q0;\n.reg .b16 %all; mov.b16 %all, 15;\n"
      "@%q3 cp.async.bulk.tensor.1d.shared::cluster.global.mbarrier::complete_tx::bytes"
      ".multicast::cluster [%s], [%m, {0}], [barrier], %all;\n"
      "WAIT: mbarrier.try_wait.parity.shared.b64 %q1, [barrier], 0; @!%q1 bra WAIT;\n"
      "shl.b32 %r0, %t, 2; add.u32 %r1, %s, %r0; ld.shared.b32 %r2, [%r1];\n"
      "mad.lo.u32 %r3, %r5, 64, %t; mul.wide.u32 %rd0, %r3, 4; add.u64 %rd0, %rd0, %p;\n"
      "st.global.b32 [%rd0], %r2;\nbarrier.cluster.arrive.aligned; barrier.cluster.wait.aligned; ret;";
  auto module = Module::load(kernelText(parameters, body, variables), memory);
  Launch launch;
  launch.grid.x = launch.cluster.x = 4;
  launch.block.x = 64;
  for (AsyncMode mode : {AsyncMode::Eager, AsyncMode::Lazy, AsyncMode::Random}) {
    Options options;
    options.async = mode;
    run(*module, "k", launch, Arguments().add(out.begin).add(wordMap(source.begin, {64}, {64}), 64).bytes, memory,
        options);
    for (unsigned i = 0; i < 256; ++i)
      EXPECT_EQ(out[i], 500 + i % 64);
  }
}

/// Tokens of phases, counts, and threads that drop out.
TEST(Copy, MbarrierPhases) {
  DeviceMemory memory;
  Words out(memory, 64, 0);
  std::string body = registers +
                     ".reg .b64 %state; @%q0 mbarrier.init.shared.b64 [barrier], 64; bar.sync 0;\n"
                     "mbarrier.arrive.shared.b64 %state, [barrier];\n"
                     "A: mbarrier.test_wait.shared.b64 %q1, [barrier], %state; @!%q1 bra A;\n"
                     "setp.lt.u32 %q2, %t, 32; @!%q2 bra DROP;\nmbarrier.arrive.shared.b64 %state, [barrier];\n"
                     "B: mbarrier.try_wait.shared.b64 %q1, [barrier], %state; @!%q1 bra B;\n"
                     "mbarrier.arrive.shared.b64 _, [barrier];\n"
                     "C: mbarrier.try_wait.parity.shared.b64 %q1, [barrier], 0; @!%q1 bra C; bra END;\n"
                     "DROP: mbarrier.arrive_drop.shared.b64 _, [barrier];\n"
                     "END: mul.wide.u32 %rd0, %t, 4; add.u64 %rd0, %rd0, %p; st.global.b32 [%rd0], 5; ret;";
  auto module = Module::load(kernelText(parameters, body, variables), memory);
  Launch launch;
  launch.block.x = 64;
  run(*module, "k", launch, Arguments().add(out.begin).add(TensorMap(), 64).bytes, memory, {});
  for (unsigned i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], 5u);
}

// Do lanes exchange what they should: shuffles, votes, matches, reductions, barriers that count, clusters?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

/// The words that `body` leaves in %d of each of the threads; %t is the thread, %l the lane.
std::vector<uint32_t> lanesOf(const std::string &body, uint32_t threads = 32, uint32_t blocks = 1, uint32_t cluster = 1,
                              const std::string &before = "") {
  DeviceMemory memory;
  Buffer<uint32_t> buffer(memory, std::vector<uint32_t>(size_t(threads) * blocks));
  std::string text = ".reg .b32 %t, %l, %d, %b, %n, %r<9>; .reg .b64 %p, %a, %rd<9>; .reg .pred %q<5>;\n"
                     "ld.param.b64 %p, [data]; mov.u32 %t, %tid.x; mov.u32 %l, %laneid; mov.u32 %b, %ctaid.x;\n"
                     "mov.u32 %n, %ntid.x; mad.lo.u32 %n, %b, %n, %t; mul.wide.u32 %a, %n, 4; add.u64 %a, %a, %p;\n" +
                     body + "\nst.global.b32 [%a], %d; ret;";
  auto module = Module::load(kernelText(".param .b64 data", text, before), memory);
  Launch launch;
  launch.grid.x = blocks;
  launch.block.x = threads;
  launch.cluster.x = cluster;
  run(*module, "k", launch, Arguments().add(buffer.data()).bytes, memory, {});
  return buffer.values;
}

std::vector<uint32_t> each(unsigned count, uint32_t (*expected)(unsigned)) {
  std::vector<uint32_t> values;
  for (unsigned i = 0; i < count; ++i)
    values.push_back(expected(i));
  return values;
}

} // namespace

TEST(Warp, Shuffles) {
  std::string value = "add.u32 %r0, %l, 100;\n";
  EXPECT_EQ(lanesOf(value + "shfl.sync.bfly.b32 %d, %r0, 5, 31, -1;"),
            each(32, [](unsigned i) { return 100 + (i ^ 5); }));
  EXPECT_EQ(lanesOf(value + "shfl.sync.idx.b32 %d, %r0, 7, 31, -1;"), each(32, [](unsigned) { return 107u; }));
  // At the ends lanes keep their own value, and the predicate is false.
  EXPECT_EQ(
      lanesOf(value + "shfl.sync.down.b32 %d|%q0, %r0, 4, 31, -1; selp.b32 %r1, 1000, 0, %q0; add.u32 %d, %d, %r1;"),
      each(32, [](unsigned i) { return i < 28 ? 1104 + i : 100 + i; }));
  EXPECT_EQ(lanesOf(value + "shfl.sync.up.b32 %d|%q0, %r0, 3, 0, -1; selp.b32 %r1, 1000, 0, %q0; add.u32 %d, %d, %r1;"),
            each(32, [](unsigned i) { return i >= 3 ? 1097 + i : 100 + i; }));
  // Segments of 8 lanes: mask 0x18 in bits 8 to 12, clamp 7.
  EXPECT_EQ(lanesOf(value + "shfl.sync.idx.b32 %d, %r0, 2, 0x1807, -1;"),
            each(32, [](unsigned i) { return 100 + (i & ~7u) + 2; }));
  EXPECT_EQ(lanesOf(value + "shfl.sync.down.b32 %d, %r0, 6, 0x1807, -1;"),
            each(32, [](unsigned i) { return i % 8 + 6 < 8 ? 106 + i : 100 + i; }));
}

TEST(Warp, SubsetsOfLanes) {
  EXPECT_EQ(lanesOf("mov.b32 %d, 0; setp.lt.u32 %q0, %l, 8; @%q0 shfl.sync.bfly.b32 %d, %l, 1, 31, 0xff;"),
            each(32, [](unsigned i) { return i < 8 ? i ^ 1 : 0; }));
  EXPECT_EQ(lanesOf("activemask.b32 %d; setp.lt.u32 %q0, %l, 5; @%q0 activemask.b32 %d;"),
            each(32, [](unsigned i) { return i < 5 ? 31u : 0xffffffff; }));
}

TEST(Warp, Votes) {
  std::string predicate = "setp.lt.u32 %q0, %l, 9; setp.lt.u32 %q1, %l, 99;\n";
  EXPECT_EQ(lanesOf(predicate + "vote.sync.ballot.b32 %d, %q0, -1;")[3], 0x1ffu);
  EXPECT_EQ(lanesOf(predicate + "vote.sync.ballot.b32 %d, !%q0, -1;")[3], ~0x1ffu);
  auto bits = lanesOf(predicate + "vote.sync.all.pred %q2, %q0, -1; vote.sync.any.pred %q3, %q0, -1;\n"
                                  "vote.sync.uni.pred %q4, %q1, -1; selp.b32 %d, 1, 0, %q2; selp.b32 %r0, 2, 0, %q3;\n"
                                  "selp.b32 %r1, 4, 0, %q4; add.u32 %d, %d, %r0; add.u32 %d, %d, %r1;");
  EXPECT_EQ(bits, each(32, [](unsigned) { return 6u; }));
}

TEST(Warp, MatchesAndReductions) {
  EXPECT_EQ(lanesOf("and.b32 %r0, %l, 3; match.any.sync.b32 %d, %r0, -1;"),
            each(32, [](unsigned i) { return 0x11111111u << i % 4; }));
  EXPECT_EQ(lanesOf("match.all.sync.b32 %d|%q0, %l, -1;")[0], 0u);
  EXPECT_EQ(lanesOf("redux.sync.add.s32 %d, %l, -1;")[9], 496u);
  EXPECT_EQ(lanesOf("sub.s32 %r0, %l, 7; redux.sync.min.s32 %d, %r0, -1;")[0], static_cast<uint32_t>(-7));
  EXPECT_EQ(lanesOf("redux.sync.max.u32 %d, %l, -1;")[0], 31u);
  EXPECT_EQ(lanesOf("redux.sync.xor.b32 %d, %l, -1;")[0], 0u);
}

TEST(Warp, OneLaneIsElected) {
  auto elected = lanesOf("elect.sync %r0|%q0, -1; selp.b32 %d, 1, 0, %q0;");
  EXPECT_EQ(std::count(elected.begin(), elected.end(), 1u), 1);
}

TEST(Warp, LaneMasks) {
  EXPECT_EQ(lanesOf("mov.u32 %d, %lanemask_lt;"), each(32, [](unsigned i) { return (1u << i) - 1; }));
  EXPECT_EQ(lanesOf("mov.u32 %d, %lanemask_ge;"), each(32, [](unsigned i) { return ~((1u << i) - 1); }));
}

TEST(Warp, BarriersThatReduce) {
  std::string predicate = "setp.lt.u32 %q0, %t, 50;\n";
  EXPECT_EQ(lanesOf(predicate + "bar.red.popc.u32 %d, 0, %q0;", 96), each(96, [](unsigned) { return 50u; }));
  EXPECT_EQ(lanesOf(predicate + "bar.red.or.pred %q1, 1, %q0; bar.red.and.pred %q2, 0, %q0; selp.b32 %d, 1, 0, %q1;\n"
                                "selp.b32 %r0, 2, 0, %q2; add.u32 %d, %d, %r0;",
                    96),
            each(96, [](unsigned) { return 1u; }));
}

/// Producer warps arrive without waiting; the consumer waits for them.
TEST(Warp, ProducersAndConsumers) {
  auto found =
      lanesOf("mov.b32 %d, 0; mov.u32 %r0, buffer; setp.lt.u32 %q0, %t, 32; @%q0 bra CONSUME;\nshl.b32 %r1, %t, 2;\n"
              "add.u32 %r1, %r1, %r0; st.shared.b32 [%r1], %t; bar.arrive 3, 96; bra END;\nCONSUME:\n"
              "bar.sync 3, 96; mov.b32 %r2, 32;\nLOOP: shl.b32 %r1, %r2, 2; add.u32 %r1, %r1, %r0;\n"
              "ld.shared.b32 %r3, [%r1]; add.u32 %d, %d, %r3; add.u32 %r2, %r2, 1; setp.lt.u32 %q1, %r2, 96;\n"
              "@%q1 bra LOOP;\nEND: ",
              96, 1, 1, ".shared .align 4 .b8 buffer[384];");
  EXPECT_EQ(found[0], 95u * 96 / 2 - 31 * 32 / 2);
}

/// Every block reads the word of its neighbour in the cluster.
TEST(Warp, DistributedSharedMemory) {
  auto found = lanesOf(
      "mov.u32 %r0, word; mov.u32 %r1, %cluster_ctarank; add.u32 %r2, %b, 70; st.shared.b32 [%r0], %r2;\n"
      "barrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;\nadd.u32 %r3, %r1, 1; and.b32 %r3, %r3, 3;\n"
      "mapa.shared::cluster.u32 %r4, %r0, %r3; ld.shared::cluster.b32 %d, [%r4];\n"
      "cvt.u64.u32 %rd0, %r0; cvta.shared.u64 %rd0, %rd0; mapa.u64 %rd1, %rd0, %r3; ld.b32 %r5, [%rd1];\n"
      "sub.u32 %r5, %r5, %d; add.u32 %d, %d, %r5; barrier.cluster.arrive; barrier.cluster.wait;",
      32, 8, 4, ".shared .align 4 .b8 word[4];");
  // All lanes of a warp write the same word: that is no race.
  for (unsigned block = 0; block < 8; ++block)
    EXPECT_EQ(found[block * 32], 70 + block / 4 * 4 + (block + 1) % 4);
}

/// Every block sends its number to all, in elements of several sizes; each looks at the first and the last that came.
TEST(Warp, StoresToOtherBlocks) {
  for (unsigned bytes : {1, 2, 4}) {
    std::string size = std::to_string(bytes), bits = std::to_string(8 * bytes),
                barrier = "barrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;\n";
    auto found = lanesOf("mov.u64 %rd0, words; mov.u32 %r1, %cluster_ctarank; add.u32 %r2, %b, 70;\n"
                         "mul.wide.u32 %rd1, %r1, " +
                             size + "; add.u64 %rd0, %rd0, %rd1; setp.lt.u32 %q0, %t, 4;\n" + barrier +
                             "@!%q0 bra SENT;\nmapa.shared::cluster.u64 %rd1, %rd0, %t; st.shared::cluster.b" + bits +
                             " [%rd1], %r2;\nSENT: " + barrier + "ld.shared.u" + bits + " %d, [words]; ld.shared.u" +
                             bits + " %r5, [words+" + std::to_string(3 * bytes) + "]; mad.lo.u32 %d, %d, 100, %r5;",
                         32, 8, 4, ".shared .align 4 .b8 words[16];");
    for (unsigned block = 0; block < 8; ++block)
      EXPECT_EQ(found[block * 32], (70 + block / 4 * 4) * 100 + 73 + block / 4 * 4) << size << " bytes";
  }
}

TEST(Warp, ResultsDoNotDependOnHostThreads) {
  DeviceMemory memory;
  auto module = Module::load(readInput("softmax_rows.ptx"), memory);
  std::vector<std::vector<uint32_t>> results;
  for (unsigned threads : {1u, 2u, 5u}) {
    Buffer<uint32_t> x(memory, std::vector<uint32_t>(16 * 2048 + 4)), y(memory, std::vector<uint32_t>(16 * 2048 + 4));
    size_t shift = (16 - reinterpret_cast<uintptr_t>(x.data()) % 16) % 16 / 4,
           shiftY = (16 - reinterpret_cast<uintptr_t>(y.data()) % 16) % 16 / 4;
    for (size_t i = 0; i < 16 * 2048; ++i)
      x[shift + i] = 0x3f803f00 + static_cast<uint32_t>(i * 7 % 251);
    Arguments arguments;
    for (uint32_t *base : {x.data() + shift, y.data() + shiftY})
      arguments.add(base)
          .add(base)
          .add(int64_t(0))
          .add(int64_t(16))
          .add(int64_t(4096))
          .add(int64_t(4096))
          .add(int64_t(1));
    Launch launch;
    launch.grid.x = 16;
    launch.block.x = 256;
    Options options;
    options.hostThreads = threads;
    run(*module, "softmax_row", launch, arguments.bytes, memory, options);
    results.emplace_back(y.data() + shiftY, y.data() + shiftY + 16 * 2048);
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

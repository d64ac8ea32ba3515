// Do loads, stores and atomics of every width and space do what they say?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

/// Runs `body` in blocks of `threads`; %p has the address of `words`, %t the thread, %a that of the thread's word.
std::vector<uint32_t> runOn(std::vector<uint32_t> words, const std::string &body, uint32_t threads = 32,
                            const std::string &before = "", uint32_t dynamicShared = 0, uint32_t blocks = 1) {
  DeviceMemory memory;
  Buffer<uint32_t> buffer(memory, std::move(words));
  std::string prologue =
      ".reg .b32 %t, %r<10>; .reg .b64 %p, %a, %rd<10>; .reg .f32 %f<10>; .reg .b16 %h<4>; .reg .pred "
      "%q<4>;\nld.param.b64 %p, [data]; cvta.to.global.u64 %p, %p; mov.u32 %t, %tid.x;\n"
      "mul.wide.u32 %a, %t, 4; add.u64 %a, %a, %p;\n";
  auto module = Module::load(kernelText(".param .b64 data", prologue + body + "\nret;", before), memory);
  Launch launch;
  launch.grid.x = blocks;
  launch.block.x = threads;
  launch.dynamicSharedBytes = dynamicShared;
  run(*module, "k", launch, Arguments().add(buffer.data()).bytes, memory, {});
  return buffer.values;
}

} // namespace

TEST(Memory, NarrowLoadsAreExtended) {
  auto found = runOn({0x8081ff7f, 0, 0, 0}, "setp.ne.u32 %q0, %t, 0; @%q0 exit;\nld.global.s8 %r0, [%p+1];\n"
                                            "ld.global.u8 %r1, [%p+1]; ld.global.s16 %r2, [%p+2];\n"
                                            "st.global.b32 [%p+4], %r0; st.global.b32 [%p+8], %r1;\n"
                                            "st.global.b32 [%p+12], %r2;");
  EXPECT_EQ(found, (std::vector<uint32_t>{0x8081ff7f, 0xffffffff, 0xff, 0xffff8081}));
}

TEST(Memory, VectorsInOneAccess) {
  auto found = runOn({1, 2, 3, 4, 0, 0, 0, 0}, "setp.ne.u32 %q0, %t, 0; @%q0 exit;\n"
                                               "ld.global.v4.b32 {%r0, %r1, %r2, %r3}, [%p];\n"
                                               "st.global.v2.b32 [%p+16], {%r3, %r2};\n"
                                               "mov.b64 %rd0, {%r1, %r0}; st.global.b64 [%p+24], %rd0;");
  EXPECT_EQ(found, (std::vector<uint32_t>{1, 2, 3, 4, 4, 3, 2, 1}));
}

TEST(Memory, SharedMemoryCarriesValuesAcrossWarps) {
  std::vector<uint32_t> words(128);
  std::iota(words.begin(), words.end(), 1000);
  auto found = runOn(words,
                     "mov.u32 %r0, buffer; shl.b32 %r1, %t, 2; add.u32 %r2, %r0, %r1;\nld.global.b32 %r3, [%a];\n"
                     "st.shared.b32 [%r2], %r3; bar.sync 0;\nsub.u32 %r4, 127, %t; shl.b32 %r4, %r4, 2;\n"
                     "add.u32 %r4, %r4, %r0; ld.shared.b32 %r5, [%r4]; st.global.b32 [%a], %r5;",
                     128, ".shared .align 4 .b8 buffer[512];");
  for (unsigned i = 0; i < 128; ++i)
    EXPECT_EQ(found[i], 1000 + 127 - i);
}

TEST(Memory, DynamicSharedMemoryThroughGenericAddresses) {
  auto found = runOn(std::vector<uint32_t>(32),
                     "mov.u64 %rd0, dynamic; cvta.shared.u64 %rd1, %rd0; mul.wide.u32 %rd2, %t, 4;\n"
                     "add.u64 %rd1, %rd1, %rd2; isspacep.shared %q0, %rd1; isspacep.global %q1, %rd1;\n"
                     "st.b32 [%rd1], %t; ld.b32 %r0, [%rd1]; selp.b32 %r1, 100, 0, %q0; selp.b32 %r2, 1000, 0, %q1;\n"
                     "add.u32 %r0, %r0, %r1; add.u32 %r0, %r0, %r2; st.global.b32 [%a], %r0;",
                     32, ".extern .shared .align 16 .b8 dynamic[];", 128);
  for (unsigned i = 0; i < 32; ++i)
    EXPECT_EQ(found[i], 100 + i);
}

TEST(Memory, LocalMemoryIsEachThreadsOwn) {
  auto found = runOn(std::vector<uint32_t>(32), ".local .align 4 .b8 depot[32];\nmov.b64 %rd0, depot;\n"
                                                "st.local.b32 [%rd0+8], %t; cvta.local.u64 %rd1, %rd0;\n"
                                                "ld.b32 %r0, [%rd1+8]; st.global.b32 [%a], %r0;");
  for (unsigned i = 0; i < 32; ++i)
    EXPECT_EQ(found[i], i);
}

TEST(Memory, ConstantsAndInitializedVariables) {
  auto found = runOn({0, 0, 0, 0},
                     "setp.ne.u32 %q0, %t, 0; @%q0 exit;\nld.const.b32 %r0, [table+4]; st.global.b32 [%p], %r0;\n"
                     "ld.global.f32 %f0, [scale]; st.global.f32 [%p+4], %f0;\nmov.u64 %rd0, pointer;\n"
                     "ld.global.b64 %rd1, [%rd0]; ld.global.b32 %r1, [%rd1]; st.global.b32 [%p+8], %r1;\n"
                     "ld.global.u8 %r2, [bytes+2]; st.global.b32 [%p+12], %r2;",
                     32,
                     ".const .align 4 .u32 table[3] = {7, 0x11, -1};\n.global .f32 scale = 0f40490FDB;\n"
                     ".global .align 4 .u32 target = 99;\n.global .u64 pointer = target;\n"
                     ".global .align 1 .b8 bytes[4] = {1, 2, 250};");
  EXPECT_EQ(found, (std::vector<uint32_t>{0x11, 0x40490fdb, 99, 250}));
}

TEST(Memory, EveryAtomicOperation) {
  auto found =
      runOn({0, 100, 0xffffffff, 0, 5, 0, 0, 3}, "atom.global.add.u32 %r0, [%p], 2;\n"
                                                 "red.global.max.s32 [%p+4], %t; red.global.min.u32 [%p+8], %t;\n"
                                                 "shl.b32 %r1, 1, %t; red.global.or.b32 [%p+12], %r1;\n"
                                                 "atom.global.inc.u32 %r2, [%p+16], 6;\n"
                                                 "mov.f32 %f0, 0f3F800000; red.global.add.f32 [%p+20], %f0;\n"
                                                 "atom.global.cas.b32 %r3, [%p+24], 0, 77;\n"
                                                 "atom.global.dec.u32 %r4, [%p+28], 9;");
  uint32_t incremented = 5, decremented = 3;
  for (int i = 0; i < 32; ++i) {
    incremented = incremented >= 6 ? 0 : incremented + 1;
    decremented = decremented == 0 || decremented > 9 ? 9 : decremented - 1;
  }
  EXPECT_EQ(found,
            (std::vector<uint32_t>{64, 100, 0, 0xffffffff, incremented, bits<uint32_t>(32.0f), 77, decremented}));
}

TEST(Memory, AtomicsOnPairsAndSharedMemory) {
  auto found = runOn({0, 0},
                     "setp.ne.u32 %q0, %t, 0; mov.b32 %r0, 0; @!%q0 st.shared.b32 [counter], %r0; bar.sync 0;\n"
                     "atom.shared.add.u32 %r1, [counter], %t; bar.sync 0;\n@%q0 exit;\nld.shared.b32 %r2, [counter];\n"
                     "st.global.b32 [%p], %r2;\nmov.b32 %r3, 0x40003F80;\nred.global.add.noftz.bf16x2 [%p+4], %r3;\n"
                     "red.global.add.noftz.bf16x2 [%p+4], %r3;",
                     64, ".shared .align 4 .b8 counter[4];");
  EXPECT_EQ(found, (std::vector<uint32_t>{63 * 64 / 2, 0x40804000}));
}

/// The last block to arrive sums up what the others wrote: fences and an atomic order it.
TEST(Memory, BlocksMeetAtACounter) {
  auto found = runOn(std::vector<uint32_t>(34),
                     "mov.u32 %r0, %ctaid.x; setp.ne.u32 %q0, %t, 0; @%q0 exit;\nmul.wide.u32 %rd0, %r0, 4;\n"
                     "add.u64 %rd0, %rd0, %p; mul.lo.u32 %r1, %r0, %r0; st.global.b32 [%rd0+8], %r1; membar.gl;\n"
                     "atom.global.add.u32 %r2, [%p], 1; setp.ne.u32 %q1, %r2, 31; @%q1 exit; membar.gl;\n"
                     "mov.b32 %r3, 0; mov.b32 %r4, 0; mov.b64 %rd1, %p;\nLOOP:\nld.global.b32 %r5, [%rd1+8];\n"
                     "add.u32 %r3, %r3, %r5; add.u64 %rd1, %rd1, 4; add.u32 %r4, %r4, 1; setp.lt.u32 %q2, %r4, 32;\n"
                     "@%q2 bra LOOP; st.global.b32 [%p+4], %r3;",
                     32, "", 0, 32);
  EXPECT_EQ(found[1], 31u * 32 * 63 / 6);
}

TEST(Memory, HintsChangeNothing) {
  std::vector<uint32_t> words(128, 9);
  // A line of 128 bytes that is nobody's any more lies behind the words that are looked at.
  auto found =
      runOn(words, "setp.ne.u32 %q0, %t, 0; @%q0 exit;\nadd.u64 %rd0, %p, 255; and.b64 %rd0, %rd0, -128;\n"
                   "prefetch.global.L2 [%p]; prefetchu.L1 [%p]; applypriority.global.L2::evict_normal [%rd0], 128;\n"
                   "discard.global.L2 [%rd0], 128; createpolicy.fractional.L2::evict_first.b64 %rd1, 1.0;\n"
                   "nanosleep.u32 20; griddepcontrol.launch_dependents; griddepcontrol.wait;\n"
                   "ldu.global.b32 %r0, [%p+4]; ld.global.L2::cache_hint.b32 %r1, [%p+8], %rd1;\n"
                   "add.u32 %r0, %r0, %r1; st.global.b32 [%p], %r0;");
  EXPECT_EQ(found[0], 18u);
  EXPECT_EQ(found[1], 9u);
}

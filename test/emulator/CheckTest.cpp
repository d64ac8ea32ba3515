// Is every misuse an error that says where it happened and what is wrong?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace sinter::emulator;
using namespace sinter::emulator::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

struct Shape {
  uint32_t threads = 32, blocks = 1, cluster = 1, dynamicShared = 0;
  std::string before;
};

/// What is said about a kernel with some registers, a buffer of 64 words at %p, and the thread's word at %a.
std::string errorOfBody(const std::string &body, const Shape &setup = {}, Options options = {}) {
  DeviceMemory memory;
  Buffer<uint32_t> buffer(memory, std::vector<uint32_t>(64));
  std::string prologue = ".reg .b32 %t, %b, %r<20>; .reg .b64 %p, %a, %rd<10>; .reg .f32 %f<200>; .reg .pred %q<4>;\n"
                         "ld.param.b64 %p, [data]; mov.u32 %t, %tid.x; mov.u32 %b, %ctaid.x; mul.wide.u32 %a, %t, 4;\n"
                         "add.u64 %a, %a, %p;\n";
  Launch launch;
  launch.grid.x = setup.blocks;
  launch.block.x = setup.threads;
  launch.cluster.x = setup.cluster;
  launch.dynamicSharedBytes = setup.dynamicShared;
  return errorOf(kernelText(".param .b64 data", prologue + body + "\nret;", setup.before), launch,
                 Arguments().add(buffer.data()).bytes, memory, options);
}

const std::string someShared = ".shared .align 16 .b8 buffer[1024];";

Shape sharedBy(uint32_t threads) {
  Shape setup;
  setup.threads = threads;
  setup.before = someShared;
  return setup;
}

} // namespace

TEST(Check, MessagesNameKernelLineBlockAndThread) {
  EXPECT_THAT(errorOfBody("st.global.b32 [%p+256], %t;"),
              AllOf(HasSubstr("kernel 'k', PTX line 10, `st.global.b32 [%p+256], %t`, block (0,0,0), thread (0,0,0): "
                              "global memory write of 4 bytes at "),
                    HasSubstr("is out of bounds: it lies 0 bytes behind an allocation of 256 bytes")));
}

TEST(Check, BoundsOfEverySpace) {
  EXPECT_THAT(errorOfBody("ld.global.b32 %r0, [%p-4];"), HasSubstr("out of bounds"));
  EXPECT_THAT(errorOfBody("ld.global.v2.b32 {%r0, %r1}, [%p+256];"), HasSubstr("out of bounds"));
  EXPECT_THAT(errorOfBody("st.shared.b32 [buffer+1024], %t;", sharedBy(32)), HasSubstr("shared memory access"));
  EXPECT_THAT(errorOfBody("mov.b32 %r0, 0; ld.shared.b32 %r1, [%r0];", sharedBy(32)), HasSubstr("out of bounds"));
  EXPECT_THAT(errorOfBody(".local .align 4 .b8 depot[8]; mov.b64 %rd0, depot; st.local.b32 [%rd0+8], %t;"),
              HasSubstr("local memory access of 4 bytes"));
  EXPECT_THAT(errorOfBody("mov.b64 %rd0, 64; ld.global.b32 %r0, [%rd0];"), HasSubstr("no device memory"));
  EXPECT_THAT(errorOfBody("mov.u64 %rd0, table; st.global.b32 [%rd0], %t;",
                          {32, 1, 1, 0, ".const .align 4 .u32 table[2] = {1, 2};"}),
              HasSubstr("write to constant memory"));
}

TEST(Check, Alignment) {
  EXPECT_THAT(errorOfBody("ld.global.b32 %r0, [%p+2];"), HasSubstr("misaligned address"));
  EXPECT_THAT(errorOfBody("ld.global.v4.b32 {%r0, %r1, %r2, %r3}, [%p+8];"), HasSubstr("expected a multiple of 16"));
  EXPECT_THAT(errorOfBody("st.shared.b64 [buffer+4], %p;", sharedBy(32)), HasSubstr("misaligned address"));
}

TEST(Check, ReadsOfNothing) {
  EXPECT_THAT(errorOfBody("add.u32 %r0, %r1, 1;"), HasSubstr("register %r1 is read before it has a value"));
  EXPECT_THAT(errorOfBody("setp.lt.u32 %q0, %t, 8; @%q0 mov.b32 %r1, 5; add.u32 %r0, %r1, 1;"),
              AllOf(HasSubstr("register %r1 is read"), HasSubstr("thread (8,0,0)")));
  EXPECT_THAT(errorOfBody("// implicit-def: %r1\nadd.u32 %r0, %r1, 1;"), IsEmpty()) << "LLVM means it";
  EXPECT_THAT(errorOfBody("ld.shared.b32 %r0, [buffer+16];", sharedBy(32)), HasSubstr("which nothing has written"));
  Options unchecked;
  unchecked.checkRegisters = false;
  EXPECT_THAT(errorOfBody("add.u32 %r0, %r1, 1;", {}, unchecked), IsEmpty());
}

TEST(Check, RacesInSharedMemory) {
  std::string exchange = "mov.u32 %r0, buffer; shl.b32 %r1, %t, 2; add.u32 %r1, %r1, %r0; st.shared.b32 [%r1], %t;\n"
                         "BARRIER xor.b32 %r2, %t, 32; shl.b32 %r2, %r2, 2; add.u32 %r2, %r2, %r0;\n"
                         "ld.shared.b32 %r3, [%r2];\nEND";
  auto with = [&](std::string barrier, std::string end) {
    std::string body = exchange;
    body.replace(body.find("BARRIER"), 7, barrier);
    body.replace(body.find("END"), 3, end);
    return errorOfBody(body, sharedBy(64));
  };
  EXPECT_THAT(with("bar.sync 0;", ""), IsEmpty());
  EXPECT_THAT(with("", ""), ::testing::AnyOf(HasSubstr("data race"), HasSubstr("nothing has written")));
  EXPECT_THAT(with("bar.sync 0;", "st.shared.b32 [%r1], %r3;"), HasSubstr("data race"));
  EXPECT_THAT(with("bar.sync 0;", "bar.sync 0; st.shared.b32 [%r1], %r3;"), IsEmpty());
}

TEST(Check, RacesBetweenLanesOfAWarp) {
  auto with = [](std::string first, std::string second) {
    return errorOfBody("mov.u32 %r0, buffer; shl.b32 %r1, %t, 2; add.u32 %r1, %r1, %r0; st.shared.b32 [%r1], %t;\n" +
                           first + "xor.b32 %r2, %t, 1; shl.b32 %r2, %r2, 2; add.u32 %r2, %r2, %r0;\n" +
                           "ld.shared.b32 %r3, [%r2];\n" + second,
                       sharedBy(32));
  };
  std::string sync = "bar.warp.sync -1;", store = "st.shared.b32 [%r1], %r3;";
  EXPECT_THAT(with(sync, sync + store), IsEmpty());
  EXPECT_THAT(with("", ""), AllOf(HasSubstr("data race: read"), HasSubstr("write by")));
  EXPECT_THAT(with(sync, store), AllOf(HasSubstr("data race: write"), HasSubstr("read by")));
  EXPECT_THAT(with("shfl.sync.bfly.b32 %r4, %t, 1, 31, -1;", ""), HasSubstr("data race")) << "it orders no memory";
  EXPECT_THAT(with("bar.sync 0;", ""), IsEmpty());
  EXPECT_THAT(with(sync, "ld.shared.b32 %r4, [%r2];"), IsEmpty()) << "two reads";
  EXPECT_THAT(errorOfBody("st.shared.b32 [buffer], %t;", sharedBy(1)), IsEmpty());
}

TEST(Check, RacesBetweenBlocks) {
  Shape blocks;
  blocks.blocks = 4;
  EXPECT_THAT(errorOfBody("st.global.b32 [%a], %t;", blocks), HasSubstr("data race: write of global memory"));
  EXPECT_THAT(errorOfBody("mul.wide.u32 %rd0, %b, 4; add.u64 %rd0, %rd0, %p; st.global.b32 [%rd0], %b;", blocks),
              IsEmpty());
  EXPECT_THAT(
      errorOfBody("setp.ne.u32 %q0, %b, 0; @!%q0 st.global.b32 [%p], %t; @%q0 ld.global.b32 %r0, [%p];", blocks),
      HasSubstr("data race"));
  EXPECT_THAT(errorOfBody("red.global.add.u32 [%a], 1;", blocks), IsEmpty());
}

/// Inside of a cluster, and of a block that is a whole launch, barriers order accesses to global memory.
TEST(Check, RacesInGlobalMemoryOfACluster) {
  Shape cluster = sharedBy(64);
  cluster.blocks = cluster.cluster = 4;
  // Each thread writes its own word; then it reads that of the thread, and the block, opposite.
  std::string exchange = "setp.eq.u32 %q0, %b, 0;\n@%q0 st.global.b32 [%a], %t;\nARRIVE WAIT\nxor.b32 %r1, %t, 32;\n"
                         "mul.wide.u32 %rd0, %r1, 4; add.u64 %rd0, %rd0, %p; ld.global.b32 %r2, [%rd0];\nAGAIN\n"
                         "setp.eq.u32 %q1, %b, 3; @%q1 st.global.b32 [%a], %r2;";
  auto with = [&](std::string arrive, std::string wait, std::string again, const Shape &shape) {
    std::string body = exchange;
    body.replace(body.find("ARRIVE"), 6, arrive);
    body.replace(body.find("WAIT"), 4, wait);
    body.replace(body.find("AGAIN"), 5, again);
    return errorOfBody(body, shape);
  };
  std::string arrive = "barrier.cluster.arrive.aligned;", wait = "barrier.cluster.wait.aligned;";
  EXPECT_THAT(with(arrive, wait, arrive + wait, cluster), IsEmpty());
  EXPECT_THAT(with("", "", arrive + wait, cluster),
              AllOf(HasSubstr("data race"), HasSubstr("of global memory at "), HasSubstr("of the block with rank "),
                    HasSubstr("are not ordered by a barrier or wait")));
  EXPECT_THAT(with("barrier.cluster.arrive.relaxed.aligned;", wait, arrive + wait, cluster), HasSubstr("data race"))
      << "an arrival that releases nothing";
  EXPECT_THAT(with("fence.acq_rel.cluster; barrier.cluster.arrive.relaxed.aligned;", wait, arrive + wait, cluster),
              IsEmpty());
  EXPECT_THAT(with("bar.sync 0;", "", arrive + wait, cluster), HasSubstr("data race")) << "a barrier of one block";
  EXPECT_THAT(with(arrive, wait, "", cluster), HasSubstr("data race")) << "others still read";
  Shape block = sharedBy(64);
  EXPECT_THAT(with("bar.sync 0;", "", "", block), IsEmpty());
  EXPECT_THAT(with("", "", "", block), HasSubstr("of global memory at "));
  Shape two = cluster;
  two.blocks = 8;
  EXPECT_THAT(with(arrive, wait, arrive + wait, two), HasSubstr("data race")) << "two clusters are not ordered";
}

/// Blocks of a cluster store to and read from each other's shared memory.
TEST(Check, SharedMemoryOfOtherBlocks) {
  Shape cluster = sharedBy(64);
  cluster.blocks = cluster.cluster = 2;
  // The threads of one block send the other one their numbers; then each thread reads what its own block was sent.
  auto with = [&](std::string begin, std::string barrier, std::string access = "ld.shared.b32 %r5, [%r4];",
                  std::string end = "") {
    return errorOfBody("mov.u32 %r0, buffer; mad.lo.u32 %r4, %t, 4, %r0; xor.b32 %r1, %b, 1;\n"
                       "mapa.shared::cluster.u32 %r2, %r4, %r1;\n" +
                           begin + "\nst.shared::cluster.b32 [%r2], %t;\n" + barrier + "\n" + access + "\n" + end,
                       cluster);
  };
  const std::string both = "barrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;";
  EXPECT_THAT(with(both, both), IsEmpty());
  EXPECT_THAT(with("barrier.cluster.arrive.relaxed; barrier.cluster.wait;", both), IsEmpty());
  EXPECT_THAT(with("", both), AllOf(HasSubstr("st.shared::cluster"), HasSubstr("which may not have begun")));
  EXPECT_THAT(with("bar.sync 0;", both), HasSubstr("which may not have begun"));
  EXPECT_THAT(with(both, ""), ::testing::AnyOf(HasSubstr("data race"), HasSubstr("which nothing has written")));
  EXPECT_THAT(with(both, "bar.sync 0;"),
              ::testing::AnyOf(HasSubstr("data race"), HasSubstr("which nothing has written")));
  EXPECT_THAT(with(both, "barrier.cluster.arrive.relaxed; barrier.cluster.wait;"), HasSubstr("data race"));
  EXPECT_THAT(with(both, "", ""), HasSubstr("the block may end before warp "));
  // Reading from the other block needs a barrier behind, too.
  const std::string read = "ld.shared::cluster.b32 %r5, [%r2];";
  EXPECT_THAT(with(both, both, read, both), IsEmpty());
  EXPECT_THAT(with(both, both, read),
              AllOf(HasSubstr("the block may end before warp "), HasSubstr("has accessed its shared memory")));
  EXPECT_THAT(with(both, both, read + "st.shared.b32 [%r4], %t;", both), HasSubstr("data race")) << "others still read";
}

TEST(Check, BarrierMisuse) {
  EXPECT_THAT(errorOfBody("setp.lt.u32 %q0, %t, 32; @%q0 bar.sync 1, 64;", sharedBy(64)),
              AllOf(HasSubstr("deadlock"), HasSubstr("barrier 1, where 32 of 64 threads have arrived")));
  EXPECT_THAT(errorOfBody("setp.lt.u32 %q0, %t, 16; @%q0 bar.sync 0;"), HasSubstr(".aligned"));
  EXPECT_THAT(errorOfBody("bar.sync 16;"), HasSubstr("expected a barrier from 0 to 15, found 16"));
  EXPECT_THAT(errorOfBody("bar.sync 1, 40;", sharedBy(64)), HasSubstr("multiple of 32"));
  EXPECT_THAT(errorOfBody("setp.lt.u32 %q0, %t, 32; @%q0 bar.sync 1, 64; @!%q0 bar.sync 1, 96;", sharedBy(96)),
              HasSubstr("is used with"));
  EXPECT_THAT(errorOfBody("barrier.cluster.wait;"), HasSubstr("without having arrived"));
  EXPECT_THAT(errorOfBody("barrier.cluster.arrive; barrier.cluster.arrive;", sharedBy(64)), HasSubstr("again"));
}

TEST(Check, LanesThatNeverArrive) {
  EXPECT_THAT(errorOfBody("setp.lt.u32 %q0, %t, 16; @!%q0 bra OTHER; shfl.sync.bfly.b32 %r0, %t, 1, 31, -1; bra END;\n"
                          "OTHER: bar.warp.sync -1; END: "),
              HasSubstr("never does"));
  EXPECT_THAT(errorOfBody("shfl.sync.bfly.b32 %r0, %t, 1, 31, 0xffff;"), HasSubstr("without being in its mask"));
  EXPECT_THAT(errorOfBody("setp.lt.u32 %q0, %t, 16; @%q0 shfl.sync.down.b32 %r0, %t, 8, 31, 0xffff;"),
              HasSubstr("reads from lane 16, which does not execute it"));
}

TEST(Check, EndlessLoops) {
  Options options;
  options.warpInstructionLimit = 10000;
  EXPECT_THAT(errorOfBody("LOOP: bra LOOP;", {}, options), HasSubstr("gave up after"));
}

TEST(Check, Traps) {
  EXPECT_THAT(errorOfBody("setp.eq.u32 %q0, %t, 5; @%q0 trap;"), HasSubstr("thread (5,0,0)"));
}

TEST(Check, RegistersOfWarps) {
  EXPECT_THAT(errorOfBody("setmaxnreg.inc.sync.aligned.u32 240;", sharedBy(384)), HasSubstr("setmaxnreg"));
  EXPECT_THAT(errorOfBody("setmaxnreg.dec.sync.aligned.u32 256;", sharedBy(384)),
              HasSubstr("at most the 168 registers"));
}

//===----------------------------------------------------------------------===//
// Asynchronous operations
//===----------------------------------------------------------------------===//

/// One mbarrier for one arrival and a copy of 256 bytes from %p.
static std::string copyWith(const std::string &initialize, const std::string &expect, const std::string &wait,
                            const std::string &end) {
  return "mov.u32 %r0, buffer; mov.u32 %r9, barrier; setp.eq.u32 %q0, %t, 0;\n" + initialize + "\nbar.sync 0;\n" +
         expect +
         "\n@%q0 cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r0], [%p], 256, [%r9];\n" + wait +
         "\nshl.b32 %r1, %t, 2; add.u32 %r1, %r1, %r0; ld.shared.b32 %r2, [%r1];\n" + end;
}

static const std::string initMbarrier = "@%q0 mbarrier.init.shared.b64 [barrier], 1;",
                         expectBytes = "@%q0 mbarrier.arrive.expect_tx.shared.b64 _, [barrier], 256;",
                         waitForBytes = "WAIT: mbarrier.try_wait.parity.shared.b64 %q1, [barrier], 0; @!%q1 bra WAIT;";

static std::string errorOfCopy(const std::string &body, AsyncMode mode) {
  std::string found;
  for (uint64_t seed = 1; seed <= 5 && found.empty(); ++seed) {
    Options options;
    options.async = mode;
    options.seed = seed;
    found = errorOfBody(body, {64, 1, 1, 0, someShared + " .shared .align 8 .b8 barrier[8];"}, options);
  }
  return found;
}

TEST(Check, CopiesHaveToBeWaitedFor) {
  for (AsyncMode mode : {AsyncMode::Eager, AsyncMode::Lazy, AsyncMode::Random}) {
    EXPECT_THAT(errorOfCopy(copyWith(initMbarrier, expectBytes, waitForBytes, ""), mode), IsEmpty());
    EXPECT_THAT(errorOfCopy(copyWith(initMbarrier, expectBytes, "", ""), mode),
                ::testing::AnyOf(HasSubstr("data race"), HasSubstr("nothing has written")));
    EXPECT_THAT(errorOfCopy(copyWith("", expectBytes, waitForBytes, ""), mode),
                HasSubstr("no mbarrier is initialized"));
    std::string more = expectBytes, less = expectBytes;
    more.replace(more.find("256"), 3, "272");
    less.replace(less.find("256"), 3, "240");
    EXPECT_THAT(errorOfCopy(copyWith(initMbarrier, more, waitForBytes, ""), mode), HasSubstr("deadlock"));
    EXPECT_FALSE(errorOfCopy(copyWith(initMbarrier, less, waitForBytes, ""), mode).empty());
    EXPECT_THAT(errorOfCopy(copyWith(initMbarrier, expectBytes + expectBytes, waitForBytes, ""), mode),
                HasSubstr("more arrivals"));
  }
}

TEST(Check, AsynchronousReadsNeedAProxyFence) {
  std::string write = "mov.u32 %r0, buffer; shl.b32 %r1, %t, 2; add.u32 %r1, %r1, %r0; st.shared.b32 [%r1], %t;\n",
              fence = "fence.proxy.async.shared::cta;\n", barrier = "bar.sync 0;\n",
              store =
                  "setp.ne.u32 %q0, %t, 0; @%q0 exit;\ncp.async.bulk.global.shared::cta.bulk_group [%p], [%r0], 256;\n",
              wait = "cp.async.bulk.commit_group; cp.async.bulk.wait_group 0;";
  for (AsyncMode mode : {AsyncMode::Eager, AsyncMode::Lazy, AsyncMode::Random}) {
    Options options;
    options.async = mode;
    auto error = [&](const std::string &body) { return errorOfBody(body, sharedBy(64), options); };
    EXPECT_THAT(error(write + fence + barrier + store + wait), IsEmpty());
    EXPECT_THAT(error(write + barrier + fence + store + wait), IsEmpty()) << "a fence behind the barrier will do";
    EXPECT_THAT(error(write + barrier + store + wait), HasSubstr("fence.proxy.async"));
    EXPECT_THAT(error(write + fence + store + wait),
                ::testing::AnyOf(HasSubstr("data race"), HasSubstr("nothing has written")));
    EXPECT_THAT(error(write + fence + barrier + store), HasSubstr("bulk copies"));
  }
}

TEST(Check, CpAsyncHasToBeWaitedFor) {
  std::string copy = "mov.u32 %r0, buffer; shl.b32 %r1, %t, 2; add.u32 %r1, %r1, %r0;\n"
                     "cp.async.ca.shared.global [%r1], [%a], 4; cp.async.commit_group;\n",
              wait = "cp.async.wait_group 0;\n",
              read = "xor.b32 %r2, %t, 32; shl.b32 %r2, %r2, 2; add.u32 %r2, %r2, %r0;\n"
                     "ld.shared.b32 %r3, [%r2];";
  EXPECT_THAT(errorOfBody(copy + wait + "bar.sync 0;\n" + read, sharedBy(64)), IsEmpty());
  EXPECT_FALSE(errorOfBody(copy + "bar.sync 0;\n" + read, sharedBy(64)).empty());
  EXPECT_FALSE(errorOfBody(copy + wait + read, sharedBy(64)).empty());
}

TEST(Check, MbarriersAreInitializedOnce) {
  std::string twice = "setp.eq.u32 %q0, %t, 0; @%q0 mbarrier.init.shared.b64 [buffer], 1;\n"
                      "INVAL @%q0 mbarrier.init.shared.b64 [buffer], 1;";
  auto with = [&](const std::string &text) {
    std::string body = twice;
    body.replace(body.find("INVAL"), 5, text);
    return errorOfBody(body, sharedBy(32));
  };
  EXPECT_THAT(with(""), HasSubstr("initialized there already"));
  EXPECT_THAT(with("@%q0 mbarrier.inval.shared.b64 [buffer];"), IsEmpty());
}

TEST(Check, DivisionsByZeroAreCounted) {
  DeviceMemory memory;
  auto module = Module::load(kernelText("", ".reg .b32 %r<3>; mov.u32 %r0, %tid.x; div.u32 %r1, 7, %r0; ret;"), memory);
  Launch launch;
  launch.block.x = 64;
  EXPECT_EQ(run(*module, "k", launch, {}, memory, {}).integerDivisionsByZero, 1u);
}

TEST(Check, RowsOfTilesBeginOnMultiplesOf16Bytes) {
  DeviceMemory memory;
  Buffer<float> source(memory, std::vector<float>(8 * 12));
  TensorMap map;
  map.magic = tensorMapMagic;
  map.base = reinterpret_cast<uint64_t>(source.data());
  map.rank = 2, map.elementBytes = 4;
  map.extent[0] = 8, map.extent[1] = 12, map.strideBytes[0] = 32;
  map.box[0] = map.box[1] = 4, map.elementStride[0] = map.elementStride[1] = 1;
  const std::string body = ".reg .b64 %m; mov.b64 %m, map; cvta.param.u64 %m, %m;\n"
                           "mbarrier.init.shared.b64 [barrier], 1; fence.mbarrier_init.release.cluster;\n"
                           "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [tile], "
                           "[%m, {6, 0}], [barrier]; ret;";
  Launch launch;
  launch.block.x = 1;
  EXPECT_THAT(
      errorOf(kernelText(".param .align 64 .b8 map[128]", body,
                         ".shared .align 1024 .b8 tile[4096];\n.shared .align 8 .b8 barrier[8];\n"),
              launch, Arguments().add(map, 64).bytes, memory),
      HasSubstr("expected rows of a tile to begin on a multiple of 16 bytes, found coordinate 6 of elements of 4"));
}

// Do lanes go where the program sends them: divergence, loops, tables, calls, exits?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <gtest/gtest.h>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

TEST(Control, EachLaneTakesItsOwnBranch) {
  Operation operation{"setp.lt.s32 %never, %a0, 5;\n@%never bra SMALL;\nmul.lo.s32 %d, %a0, 100;\nbra.uni END;\n"
                      "SMALL:\nneg.s32 %d, %a0;\nEND:\nadd.s32 %d, %d, 1;",
                      32,
                      {32}};
  std::vector<std::vector<uint64_t>> inputs;
  for (unsigned i = 0; i < 32; ++i)
    inputs.push_back({i});
  auto results = evaluate(operation, inputs);
  for (unsigned i = 0; i < 32; ++i)
    EXPECT_EQ(static_cast<int32_t>(results[i]), i < 5 ? 1 - int(i) : 100 * int(i) + 1);
}

TEST(Control, LoopsOfDifferentLength) {
  Operation operation{".reg .b32 %i; mov.b32 %d, 0; mov.b32 %i, 0;\nLOOP:\nsetp.ge.u32 %never, %i, %a0;\n"
                      "@%never bra DONE;\nadd.u32 %d, %d, %i;\nadd.u32 %i, %i, 1;\nbra LOOP;\nDONE:",
                      32,
                      {32}};
  std::vector<std::vector<uint64_t>> inputs;
  for (unsigned i = 0; i < 64; ++i)
    inputs.push_back({i * 7 % 40});
  auto results = evaluate(operation, inputs);
  for (unsigned i = 0; i < 64; ++i) {
    uint64_t n = inputs[i][0];
    EXPECT_EQ(results[i], n ? n * (n - 1) / 2 : 0);
  }
}

TEST(Control, BranchTables) {
  Operation operation{"TABLE: .branchtargets A, B, C;\nbrx.idx %a0, TABLE;\nA:\nmov.b32 %d, 10;\nbra.uni END;\n"
                      "B:\nmov.b32 %d, 20;\nbra.uni END;\nC:\nmov.b32 %d, 30;\nEND:",
                      32,
                      {32}};
  EXPECT_EQ(evaluate(operation, {{0}, {2}, {1}, {1}, {2}}), (std::vector<uint64_t>{10, 30, 20, 20, 30}));
}

/// fib by recursion: every lane with its own depth.
TEST(Control, RecursiveCallsHaveFramesOfTheirOwn) {
  std::string function = ".func (.param .b32 result) fib(.param .b32 n)\n{\n.reg .b32 %n, %x, %y; .reg .pred %p;\n"
                         "ld.param.b32 %n, [n];\nsetp.lt.u32 %p, %n, 2;\n@%p bra BASE;\nadd.u32 %x, %n, -1;\n"
                         "{ .param .b32 a; .param .b32 r; st.param.b32 [a], %x; call (r), fib, (a);\n"
                         "ld.param.b32 %y, [r]; }\nadd.u32 %x, %n, -2;\n"
                         "{ .param .b32 a2; .param .b32 r2; st.param.b32 [a2], %x; call (r2), fib, (a2);\n"
                         "ld.param.b32 %x, [r2]; }\nadd.u32 %n, %x, %y;\nBASE:\nst.param.b32 [result], %n;\nret;\n}\n";
  std::string body = ".reg .b32 %t, %v; .reg .b64 %p, %o;\nld.param.b64 %p, [data];\nmov.u32 %t, %tid.x;\n"
                     "{ .param .b32 a; .param .b32 r; st.param.b32 [a], %t; call.uni (r), fib, (a);\n"
                     "ld.param.b32 %v, [r]; }\nmul.wide.u32 %o, %t, 4;\nadd.u64 %p, %p, %o;\nst.global.b32 [%p], %v;\n"
                     "ret;";
  DeviceMemory memory;
  Buffer<uint32_t> out(memory, std::vector<uint32_t>(12));
  auto module = Module::load(kernelText(".param .b64 data", body, function), memory);
  Launch launch;
  launch.block.x = 12;
  run(*module, "k", launch, Arguments().add(out.data()).bytes, memory, {});
  EXPECT_EQ(out.values, (std::vector<uint32_t>{0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89}));
}

TEST(Control, ThreadsThatExitDoNotHoldUpOthers) {
  std::string body = ".reg .b32 %t; .reg .pred %p; .reg .b64 %a, %o;\nld.param.b64 %a, [data];\nmov.u32 %t, %tid.x;\n"
                     "setp.ge.u32 %p, %t, 40;\n@%p exit;\nbar.sync 0;\nmul.wide.u32 %o, %t, 4;\nadd.u64 %a, %a, %o;\n"
                     "st.global.b32 [%a], %t;\nret;";
  DeviceMemory memory;
  Buffer<uint32_t> out(memory, std::vector<uint32_t>(64, 99));
  auto module = Module::load(kernelText(".param .b64 data", body), memory);
  Launch launch;
  launch.block.x = 64;
  run(*module, "k", launch, Arguments().add(out.data()).bytes, memory, {});
  for (unsigned i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i < 40 ? i : 99);
}

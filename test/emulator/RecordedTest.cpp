// Does the emulator compute what GPUs have computed? Files of test/emulator/Recorded come from tools/gpu-check on a
// GPU. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

using namespace sinter::emulator::test;

/// Whether f32 results may differ: `.approx` instructions by what docs/emulator.md says, others not at all.
static bool agree(const std::string &body, uint64_t found, uint64_t expected) {
  if (found == expected)
    return true;
  if (body.find(".approx") == std::string::npos)
    return false;
  double a = bits<float>(static_cast<uint32_t>(found)), b = bits<float>(static_cast<uint32_t>(expected));
  if (std::isnan(a) || std::isnan(b))
    return std::isnan(a) && std::isnan(b);
  auto has = [&](const char *name) { return body.find(name) != std::string::npos; };
  double room = has("lg2")                 ? std::ldexp(1.0, -22) * std::fmax(1, std::fabs(b))
                : has("sin") || has("cos") ? std::exp2(-20.5)
                : has("tanh")              ? std::ldexp(std::fabs(b), -10)
                                           : std::ldexp(std::fabs(b), -22);
  return std::fabs(a - b) <= room;
}

static void compare(const std::string &path) {
  for (const Recorded &recorded : readRecords(path)) {
    auto found = evaluate(recorded.operation, recorded.inputs);
    for (size_t i = 0; i < found.size(); ++i)
      ASSERT_PRED3(agree, recorded.operation.body, found[i], recorded.results[i]) << path;
  }
}

TEST(Recorded, HardwareAndEmulatorAgree) {
  std::vector<std::string> files;
  if (std::filesystem::exists(SINTER_EMULATOR_RECORDED))
    for (const auto &entry : std::filesystem::directory_iterator(SINTER_EMULATOR_RECORDED))
      files.push_back(entry.path());
  if (files.empty())
    GTEST_SKIP() << "nothing was recorded on a GPU yet";
  for (const std::string &file : files)
    compare(file);
}

TEST(Recorded, ComesBackAsItWasWritten) {
  const std::string path = ::testing::TempDir() + "sinter-recorded.txt";
  std::remove(path.c_str());
  setenv("SINTER_RECORD", path.c_str(), 1);
  auto sums = evaluate({"add.f32 %d, %a0, %a1;", 32, {32, 32}}, {{0x3f800000, 0x40000000}, {0x7f800000, 0xff800000}});
  evaluate({"ex2.approx.f32 %d, %a0;", 32, {32}}, {{0x3f000000}});
  unsetenv("SINTER_RECORD");
  auto records = readRecords(path);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].results, sums);
  EXPECT_EQ(records[0].results[0], 0x40400000u);
  compare(path);
  // A result of another machine within the room of `.approx`, and one outside.
  EXPECT_TRUE(agree("ex2.approx.f32 %d, %a0;", 0x3fb504f3, 0x3fb504f4));
  EXPECT_FALSE(agree("ex2.approx.f32 %d, %a0;", 0x3fb504f3, 0x3fb50503));
  EXPECT_FALSE(agree("add.f32 %d, %a0, %a1;", 1, 2));
  std::ofstream(path) << "op 32 32 : neg.f32 %d, %a0;\n3f800000 bf800000\n";
  try {
    readRecords(path);
    FAIL() << "a line without '=' was read";
  } catch (const std::runtime_error &error) {
    EXPECT_NE(std::string(error.what()).find(":2: expected 1 operands, '=' and a result"), std::string::npos);
  }
}

/// Tests that run on GPUs too name every instruction that the emulator knows.
TEST(Coverage, EveryInstructionIsTested) {
  std::string texts;
  for (const char *folder : {SINTER_EMULATOR_TESTS, SINTER_EMULATOR_TESTS "/Inputs"})
    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename();
      if (name.rfind("Check", 0) == 0 || name.rfind("Mutation", 0) == 0 || name.rfind("Parser", 0) == 0 ||
          !entry.is_regular_file())
        continue;
      std::ifstream file(entry.path());
      texts.append(std::istreambuf_iterator<char>(file), {});
    }
  for (size_t at = 0; (at = texts.find("\\n", at)) != std::string::npos;) // as it stands in literals
    texts.replace(at, 2, "  ");
  auto isTested = [&](const std::string &mnemonic) {
    for (size_t at = 0; (at = texts.find(mnemonic, at)) != std::string::npos; at += mnemonic.size()) {
      const char before = at ? texts[at - 1] : ' ',
                 after = at + mnemonic.size() < texts.size() ? texts[at + mnemonic.size()] : ' ';
      if (!isalnum(before) && before != '.' && before != '_' &&
          (after == '.' || after == ' ' || after == ';' || after == '\t'))
        return true;
    }
    return false;
  };
  // Two end the kernel with an error; the last is a remark of LLVM's, which no assembler sees.
  const std::set<std::string> others{"brkpt", "trap", "implicit-def"};
  for (const std::string &mnemonic : sinter::emulator::instructionNames())
    EXPECT_TRUE(others.count(mnemonic) || isTested(mnemonic)) << mnemonic << " occurs in no test of instructions";
}

// Does the emulator compute what GPUs have computed? Files of test/emulator/Recorded come from tools/gpu-check on a
// GPU.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

using namespace sinter::emulator::test;

static std::string asDigits(const std::vector<uint64_t> &words) {
  std::ostringstream text;
  text << std::hex;
  for (uint64_t word : words)
    text << ' ' << word;
  return text.str();
}

/// The first difference of each operation.
static void compare(const std::string &path) {
  for (const auto &[operation, inputs, results] : readRecords(path)) {
    auto found = evaluate(operation, inputs);
    for (size_t i = 0; i < found.size(); ++i)
      if (!agree(operation, inputs[i], results[i], found[i])) {
        ADD_FAILURE() << path << ": '" << operation.body << "' of" << asDigits(inputs[i]) << " is"
                      << asDigits({results[i]}) << " there," << asDigits({found[i]}) << " here";
        break;
      }
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
}

/// Errors of `.approx` have room, within what is stated; others have none.
TEST(Recorded, RoomOfApproximations) {
  auto agrees = [](const char *body, float operand, double found, double exact) {
    auto word = [](double value) { return uint64_t(bits<uint32_t>(static_cast<float>(value))); };
    return agree({body, 32, {32}}, {word(operand)}, word(found), word(exact));
  };
  const double ulp = 0x1p-23; // of 1
  EXPECT_TRUE(agrees("ex2.approx.f32 %d, %a0;", 0, 1 + 2 * ulp, 1));
  EXPECT_FALSE(agrees("ex2.approx.f32 %d, %a0;", 0, 1 + 3 * ulp, 1));
  EXPECT_FALSE(agrees("rcp.approx.f32 %d, %a0;", 0x1p127f, -0x1p-149, 0x1p-149));
  EXPECT_FALSE(agrees("rcp.rn.f32 %d, %a0;", 1, 1 + ulp, 1));
  EXPECT_FALSE(agrees("rcp.approx.f32 %d, %a0;", 0, 3e38, INFINITY));
  EXPECT_TRUE(agrees("lg2.approx.f32 %d, %a0;", 1.0000001f, 0x1p-22, ulp));
  EXPECT_FALSE(agrees("lg2.approx.f32 %d, %a0;", 1.0000001f, 0x1p-21, ulp));
  EXPECT_FALSE(agrees("lg2.approx.f32 %d, %a0;", 2.5f, 1.3219281 + 0x1p-21, 1.3219281));
  EXPECT_TRUE(agrees("tanh.approx.f32 %d, %a0;", 0.1f, 0.09966799 * (1 + 0x1p-12), 0.09966799));
  EXPECT_FALSE(agrees("tanh.approx.f32 %d, %a0;", 0.1f, 0.09966799 * (1 + 0x1p-10), 0.09966799));
  EXPECT_TRUE(agrees("sin.approx.f32 %d, %a0;", 3, 0.14112, 0.14112 + 0x1p-21));
  EXPECT_FALSE(agrees("sin.approx.f32 %d, %a0;", 3, 0.14112, 0.14112 + 0x1p-19));
  EXPECT_TRUE(agrees("cos.approx.f32 %d, %a0;", 300, -0.02209662, -0.02209662 + 0x1p-15));
  EXPECT_TRUE(agrees("cos.approx.f32 %d, %a0;", 1e30f, 1, -1));
  EXPECT_FALSE(agrees("cos.approx.f32 %d, %a0;", 1e30f, 3, -1));
}

static std::string readError(const std::string &text) {
  const std::string path = ::testing::TempDir() + "sinter-records.txt";
  std::ofstream(path) << text;
  try {
    readRecords(path);
  } catch (const std::runtime_error &error) {
    return error.what();
  }
  return "";
}

TEST(Recorded, OperationsShareOperands) {
  EXPECT_EQ(readError("# a remark\nop 32 32 : neg.s32 %d, %a0;\nop 32 32 : abs.s32 %d, %a0;\n1 = ffffffff 1\n"), "");
  auto records = readRecords(::testing::TempDir() + "sinter-records.txt");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].operation.body, "abs.s32 %d, %a0;");
  EXPECT_EQ(records[1].inputs, (std::vector<std::vector<uint64_t>>{{1}}));
  EXPECT_EQ(records[0].results, (std::vector<uint64_t>{0xffffffff}));
  EXPECT_EQ(records[1].results, (std::vector<uint64_t>{1}));
}

TEST(Recorded, WhatIsNotReadIsNamed) {
  using ::testing::HasSubstr;
  const std::string negation = "op 32 32 : neg.f32 %d, %a0;\n";
  EXPECT_THAT(readError(negation + "3f800000 bf800000\n"),
              HasSubstr(":2: expected 1 operands, '=' and 1 results, found '3f800000 bf800000'"));
  EXPECT_THAT(readError(negation + negation + "1 = 1\n"), HasSubstr(":3: expected 1 operands, '=' and 2 results"));
  EXPECT_THAT(readError(negation + "1 = 1 1\n"), HasSubstr(":2: expected 1 operands, '=' and 1 results"));
  EXPECT_THAT(readError(negation + "op 32 16 : cvt.f32.f16 %d, %a0;\n"),
              HasSubstr(":2: expected operands like those of the line before"));
  EXPECT_THAT(readError("1 = 1\n"), HasSubstr(":1: expected a line that begins with 'op'"));
  EXPECT_THAT(readError("op 32 32\n"), HasSubstr(":1: expected 'op BITS... : INSTRUCTIONS'"));
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

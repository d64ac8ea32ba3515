// Is a file replaced in one go, and never half?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace sinter::test;
namespace fs = std::filesystem;

namespace {

sinter_status writeThrough(const std::string &path, const std::string &contents) {
  sinter_output *output = nullptr;
  const sinter_status status = sinter_output_open(path.c_str(), &output);
  if (status != SINTER_OK)
    return status;
  EXPECT_OK(sinter_output_write(output, contents.data(), contents.size()));
  return sinter_output_commit(output);
}

TEST(Output, ReplacesOnCommitOnly) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("file");
  writeFile(path, "old");
  sinter_output *output = nullptr;
  ASSERT_OK(sinter_output_open(path.c_str(), &output));
  ASSERT_OK(sinter_output_write(output, "new", 3));
  EXPECT_EQ(readFile(path), "old");
  ASSERT_OK(sinter_output_commit(output));
  EXPECT_EQ(readFile(path), "new");
  EXPECT_EQ(directory.fileCount(), 1u);
}

TEST(Output, DiscardLeavesNothing) {
  const TemporaryDirectory directory;
  sinter_output *output = nullptr;
  ASSERT_OK(sinter_output_open(directory.path("file").c_str(), &output));
  ASSERT_OK(sinter_output_write(output, "new", 3));
  EXPECT_TRUE(fs::exists(directory.path("file.tmp." + std::to_string(getpid()))));
  sinter_output_discard(output);
  EXPECT_EQ(directory.fileCount(), 0u);
}

TEST(Output, KeepsTheOrderOfSmallAndLargePieces) {
  const TemporaryDirectory directory;
  sinter_output *output = nullptr;
  ASSERT_OK(sinter_output_open(directory.path("file").c_str(), &output));
  std::string expected;
  for (std::size_t bytes : {1u, 0u, 100000u, 3u, 65536u, 65535u, 2u, 200000u, 5u}) {
    const std::string piece(bytes, static_cast<char>('a' + expected.size() % 26));
    expected += piece;
    ASSERT_OK(sinter_output_write(output, piece.data(), piece.size()));
  }
  ASSERT_OK(sinter_output_commit(output));
  EXPECT_EQ(readFile(directory.path("file")), expected);
}

TEST(Output, SaysWhyAPathCannotBeWritten) {
  const TemporaryDirectory directory;
  EXPECT_FAILS(SINTER_IO, writeThrough(directory.path("none/file"), "x"), "none/file", "its directory does not exist");
  writeFile(directory.path("plain"), "");
  EXPECT_FAILS(SINTER_IO, writeThrough(directory.path("plain/file"), "x"), "Not a directory");
  EXPECT_FAILS(SINTER_IO, writeThrough(directory.path(""), "x"), "expected a file, found a directory");
  EXPECT_FAILS(SINTER_IO, writeThrough(directory.path(std::string(300, 'n')), "x"), "File name too long");
  EXPECT_FAILS(SINTER_IO, writeThrough("/proc/none", "x"), "cannot write '/proc/none': cannot create a file there");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, writeThrough("", "x"), "expected a path");
}

TEST(Output, SaysWhenPermissionIsMissing) {
  if (geteuid() == 0)
    GTEST_SKIP() << "the superuser may write everywhere";
  const TemporaryDirectory directory;
  fs::create_directory(directory.path("closed"));
  fs::permissions(directory.path("closed"), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_FAILS(SINTER_IO, writeThrough(directory.path("closed/file"), "x"), "Permission denied");
}

TEST(Output, FullDiskLeavesTheFormerFile) {
  if (access("/dev/full", W_OK) != 0)
    GTEST_SKIP() << "there is no /dev/full";
  EXPECT_FAILS(SINTER_IO, writeThrough("/dev/full", "x"), "/dev/full", "No space left on device");
}

TEST(Output, DevicesAndPipesAreWrittenDirectly) {
  EXPECT_OK(writeThrough("/dev/null", "x"));
  struct stat found;
  ASSERT_EQ(stat("/dev/null", &found), 0);
  EXPECT_TRUE(S_ISCHR(found.st_mode));
}

TEST(Output, FollowsSymbolicLinksAndKeepsPermissions) {
  const TemporaryDirectory directory;
  writeFile(directory.path("target"), "old");
  chmod(directory.path("target").c_str(), 0640);
  fs::create_symlink("target", directory.path("link"));
  ASSERT_OK(writeThrough(directory.path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(directory.path("link")));
  EXPECT_EQ(readFile(directory.path("target")), "new");
  struct stat found;
  ASSERT_EQ(stat(directory.path("target").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0640u);
}

TEST(Output, CheckLeavesNothingBehind) {
  const TemporaryDirectory directory;
  EXPECT_OK(sinter_output_check(directory.path("file").c_str()));
  EXPECT_EQ(directory.fileCount(), 0u);
  EXPECT_OK(sinter_output_check("/dev/null"));
  EXPECT_FAILS(SINTER_IO, sinter_output_check(directory.path("none/file").c_str()), "does not exist");
}

// "123456789" is the customary check value of a CRC.
TEST(Crc32, KnownAnswersInAnyPieces) {
  const std::string digits = "123456789";
  EXPECT_EQ(sinter_crc32(0, digits.data(), digits.size()), 0xCBF43926u);
  EXPECT_EQ(sinter_crc32(0, "", 0), 0u);
  const std::string text = "The quick brown fox jumps over the lazy dog";
  EXPECT_EQ(sinter_crc32(0, text.data(), text.size()), 0x414FA339u);
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_EQ(sinter_crc32(sinter_crc32(0, text.data(), cut), text.data() + cut, text.size() - cut), 0x414FA339u);
}

} // namespace

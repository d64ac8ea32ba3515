// Does a failure tell its whole story, to the right thread?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <thread>

namespace {

TEST(Status, EveryCodeHasItsOwnName) {
  std::vector<std::string> names;
  for (int code = SINTER_OK; code <= SINTER_STEP_FAILED; ++code)
    names.push_back(sinter_status_name(static_cast<sinter_status>(code)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  EXPECT_FALSE(std::binary_search(names.begin(), names.end(), "unknown status"));
  EXPECT_STREQ(sinter_status_name(static_cast<sinter_status>(-1)), "unknown status");
  EXPECT_STREQ(sinter_status_name(static_cast<sinter_status>(SINTER_STEP_FAILED + 1)), "unknown status");
}

TEST(Status, MessageMayBeBuiltFromTheFormerOne) {
  sinter_fail(SINTER_IO, "no disk %d", 3);
  EXPECT_EQ(sinter_fail(SINTER_FORMAT, "outer: %s", sinter_last_error()), SINTER_FORMAT);
  EXPECT_STREQ(sinter_last_error(), "outer: no disk 3");
}

TEST(Status, MessagesOfThreadsAreApart) {
  sinter_fail(SINTER_IO, "mine");
  std::string before, after;
  std::thread([&] {
    before = sinter_last_error();
    sinter_fail(SINTER_IO, "theirs");
    after = sinter_last_error();
  }).join();
  EXPECT_EQ(before, "");
  EXPECT_EQ(after, "theirs");
  EXPECT_STREQ(sinter_last_error(), "mine");
}

TEST(Status, MessageIsOneLineWhateverItQuotes) {
  sinter_fail(SINTER_IO, "no tensor '%s'", "a\nb\x1B[2J\xC3\xA9\x7F");
  EXPECT_STREQ(sinter_last_error(), "no tensor 'a?b?[2J\xC3\xA9?'");
}

TEST(Status, LongMessageIsCutAtACharacter) {
  std::string text(2046, 'a');
  text += "\xC3\xA9 and more"; // the two bytes of e acute straddle the limit of 2047
  sinter_fail(SINTER_IO, "%s", text.c_str());
  EXPECT_EQ(sinter_last_error(), std::string(2046, 'a'));
  sinter_fail(SINTER_IO, "%s", text.c_str() + 1); // and now they fit
  EXPECT_EQ(sinter_last_error(), std::string(2045, 'a') + "\xC3\xA9");
}

} // namespace

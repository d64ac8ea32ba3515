// What do the tests of the trainer share? A folder of their own, files written into it, and a way to catch messages.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_TEST_RUNTIME_TRAIN_TESTFILES_H
#define SINTER_TEST_RUNTIME_TRAIN_TESTFILES_H

#include "Error.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace sinter::train {

/// A fixture with a fresh folder, removed at the end.
class FilesTest : public ::testing::Test {
protected:
  void SetUp() override;
  void TearDown() override;

  std::string path(std::string_view name) const { return folder + "/" + std::string(name); }
  /// Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view contents) const;

  std::string folder;
};

std::string readFile(const std::string &path);
bool exists(const std::string &path);
std::string gzip(std::string_view contents);

/// Message of the Error that `function` throws; "" when it throws none.
std::string messageOf(const std::function<void()> &function);

} // namespace sinter::train

#endif // SINTER_TEST_RUNTIME_TRAIN_TESTFILES_H

// How do the tests run whole programs? As child processes, with what they print kept in files.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_TEST_RUNTIME_TRAIN_PROGRAMS_H
#define SINTER_TEST_RUNTIME_TRAIN_PROGRAMS_H

#include "TestFiles.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace sinter::train {

/// How a program ended: its exit status (128 + signal when killed) and what it printed.
struct Result {
  int status;
  std::string out, err;
};

/// Tests of the hand-written softmax model (4 features, 3 classes, batches of 8) as a program.
class ProgramTest : public FilesTest {
protected:
  /// Starts a program with its output going to files; `finish` waits for it.
  pid_t start(const std::string &program, const std::vector<std::string> &arguments) const;
  Result finish(pid_t child) const;
  Result run(const std::string &program, const std::vector<std::string> &arguments) const;

  /// Runs the softmax program. `arguments` are separated by blanks; "@name" is a file in the test's folder.
  Result softmax(const std::string &arguments) const;
  std::vector<std::string> words(const std::string &arguments) const;

  /// Writes `rows` separable rows of 4 features and a label below 3 to data.csv.
  void writeData(int rows) const;

  /// What a program printed, with the test's folder cut out.
  std::string shortened(std::string text) const;
};

} // namespace sinter::train

#endif // SINTER_TEST_RUNTIME_TRAIN_PROGRAMS_H

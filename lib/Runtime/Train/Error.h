// How does a failure reach the user? As an Error whose message is one full sentence that names the file or operand,
// what was expected and what was found. Nothing here prints: `sinter_program_main` catches the Error, prints its
// message and turns it into an exit status.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_ERROR_H
#define SINTER_LIB_RUNTIME_TRAIN_ERROR_H

#include "sinter-rt/status.h"

#include <fmt/format.h>
#include <stdexcept>
#include <string>

namespace sinter::train {

/// `text` with '?' for control characters, so that a message is one line whatever it quotes from a file.
std::string oneLine(std::string text);

class Error : public std::runtime_error {
public:
  explicit Error(std::string message) : std::runtime_error(oneLine(std::move(message))) {}
};

/// A command line that makes no sense, whatever the files hold: the exit status is 2 instead of 1.
class UsageError : public Error {
public:
  using Error::Error;
};

/// Throws a UsageError with a formatted message.
template <typename... Args>
[[noreturn]] void misuse(fmt::format_string<Args...> format, Args &&...args) {
  throw UsageError(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws an Error with a formatted message.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args &&...args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws an Error with the message of the runtime core when `status` is a failure.
void check(sinter_status status);

/// "1 row", "2 rows".
std::string counted(long long count, const char *noun);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_ERROR_H

// How does a failure of the runtime core become an Error?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Error.h"

namespace sinter::train {

std::string oneLine(std::string text) {
  for (char &c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return text;
}

void check(sinter_status status) {
  if (status == SINTER_OK)
    return;
  std::string message = sinter_last_error();
  throw Error(message.empty() ? std::string(sinter_status_name(status)) : message);
}

std::string counted(long long count, const char *noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

} // namespace sinter::train

// How is a file written so that nothing half-written is ever seen?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/Output.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace sinter {

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code code) {
  return llvm::createStringError(code, "cannot write '%s': %s", path.str().c_str(), code.message().c_str());
}

llvm::Error replaceFile(llvm::StringRef path, bool executable,
                        llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write) {
  namespace fs = llvm::sys::fs;
  if (fs::is_directory(path))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  if (fs::exists(path) && !fs::is_regular_file(path)) // /dev/null and the like cannot be replaced
    return write(path);
  llvm::SmallString<256> temporary;
  int descriptor = -1;
  auto mode = static_cast<fs::perms>(executable ? 0777 : 0666);
  if (std::error_code code = fs::createUniqueFile(path + ".%%%%%%%%.tmp", descriptor, temporary, fs::OF_None, mode))
    return cannotWrite(path, code);
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true).flush();
  if (llvm::Error error = write(temporary)) {
    fs::remove(temporary);
    return error;
  }
  if (std::error_code code = fs::rename(temporary, path)) {
    fs::remove(temporary);
    return cannotWrite(path, code);
  }
  return llvm::Error::success();
}

llvm::Error writeFile(llvm::StringRef path, llvm::ArrayRef<char> contents) {
  return replaceFile(path, /*executable=*/false, [&](llvm::StringRef temporary) -> llvm::Error {
    std::error_code code;
    llvm::raw_fd_ostream stream(temporary, code, llvm::sys::fs::OF_None);
    if (!code) {
      stream.write(contents.data(), contents.size());
      stream.close();
      code = stream.error();
      stream.clear_error();
    }
    return code ? cannotWrite(path, code) : llvm::Error::success();
  });
}

} // namespace sinter

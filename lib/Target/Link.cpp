// How does an object file become a shared library or a program?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/Link.h"
#include "sinter/Target/Output.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <link.h>
#include <vector>

namespace sinter {
namespace {

llvm::Error fault(const llvm::Twine &message) {
  return llvm::createStringError(std::errc::no_such_file_or_directory, message.str().c_str());
}

/// Files in a folder of their own that goes away with this object.
class Workspace {
public:
  llvm::Error create() {
    std::error_code code = llvm::sys::fs::createUniqueDirectory("sinterc", folder);
    return code ? fault("cannot make a temporary folder: " + code.message()) : llvm::Error::success();
  }
  ~Workspace() {
    if (!folder.empty())
      llvm::sys::fs::remove_directories(folder);
  }
  std::string path(llvm::StringRef name) const {
    llvm::SmallString<256> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

private:
  llvm::SmallString<256> folder;
};

/// The C library, the mathematics library and the dynamic loader that this very process uses.
struct SystemLibraries {
  std::string libc, libm, loader;
};

int noteLibrary(dl_phdr_info *info, size_t, void *data) {
  auto &found = *static_cast<SystemLibraries *>(data);
  llvm::StringRef path(info->dlpi_name), name = llvm::sys::path::filename(path);
  if (name.starts_with("libc.so") || name.starts_with("libc-"))
    found.libc = path.str();
  else if (name.starts_with("libm.so") || name.starts_with("libm-"))
    found.libm = path.str();
  else if (name.starts_with("ld-linux") || name.starts_with("ld-"))
    found.loader = path.str();
  return 0;
}

llvm::Expected<SystemLibraries> systemLibraries() {
  SystemLibraries found;
  dl_iterate_phdr(noteLibrary, &found);
  if (found.libc.empty() || found.libm.empty() || found.loader.empty())
    return fault("cannot find the C library of this machine among those loaded by sinterc");
  return found;
}

std::string objectPath(const Workspace &workspace, size_t part) {
  return workspace.path("model" + std::to_string(part) + ".o");
}

std::vector<std::string> linkerArguments(const LinkJob &job, const SystemLibraries &system, llvm::StringRef linker,
                                         const Workspace &workspace, llvm::StringRef output) {
  bool program = job.kind == LinkKind::Program;
  llvm::SmallString<256> base(job.baseFolder);
  llvm::sys::path::append(base, program ? "program_base.o" : "runtime_base.o");
  std::vector<std::string> arguments{linker.str()};
  if (program)
    llvm::append_range(arguments, std::vector<std::string>{"-pie", "-dynamic-linker", system.loader});
  else
    llvm::append_range(arguments,
                       std::vector<std::string>{"-shared", "-soname", llvm::sys::path::filename(job.output).str(),
                                                "-Bsymbolic", "--version-script", workspace.path("exports")});
  // Nothing in the output may depend on where or when it was linked.
  llvm::append_range(arguments, std::vector<std::string>{"-o", output.str(), "--gc-sections", "--eh-frame-hdr",
                                                         "--build-id=none", "--hash-style=gnu", "--strip-debug", "-z",
                                                         "relro", "-z", "now", "-z", "noexecstack"});
  // The model first: the base ends the unwinding tables.
  for (size_t part = 0; part < job.objects.size(); ++part)
    arguments.push_back(objectPath(workspace, part));
  llvm::append_range(arguments, std::vector<std::string>{base.str().str(), system.libc, system.libm, system.loader});
  return arguments;
}

llvm::Error runLinker(llvm::ArrayRef<std::string> arguments, const Workspace &workspace, llvm::StringRef output) {
  std::vector<llvm::StringRef> references(arguments.begin(), arguments.end());
  std::string log = workspace.path("log"), reason;
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(), llvm::StringRef(log), llvm::StringRef(log)};
  int status = llvm::sys::ExecuteAndWait(arguments[0], references, std::nullopt, redirects, /*SecondsToWait=*/120,
                                         /*MemoryLimit=*/0, &reason);
  if (status == 0)
    return llvm::Error::success();
  auto text = llvm::MemoryBuffer::getFile(log);
  return fault("linking '" + output + "' with " + arguments[0] +
               " failed: " + (reason.empty() ? "exit status " + std::to_string(status) : reason) +
               (text && !(*text)->getBuffer().empty() ? "\n" + (*text)->getBuffer().rtrim().str() : ""));
}

} // namespace

llvm::Expected<std::string> findLinker() {
  for (const char *name : {"ld.lld-22", "ld.lld", "ld"})
    if (auto path = llvm::sys::findProgramByName(name))
      return *path;
  return fault("no linker found: neither ld.lld-22, ld.lld nor ld is on PATH; install Debian's package lld-22, or gcc "
               "(which brings binutils). --emit=obj and --emit=asm work without one");
}

llvm::Error link(const LinkJob &job) {
  auto linker = findLinker();
  if (!linker)
    return linker.takeError();
  auto system = systemLibraries();
  if (!system)
    return system.takeError();
  llvm::SmallString<256> base(job.baseFolder);
  llvm::sys::path::append(base, job.kind == LinkKind::Program ? "program_base.o" : "runtime_base.o");
  if (!llvm::sys::fs::exists(base))
    return fault("the runtime object '" + base + "' is missing; it belongs to the installation of sinterc");

  Workspace workspace;
  if (llvm::Error error = workspace.create())
    return error;
  for (auto [part, object] : llvm::enumerate(job.objects))
    if (llvm::Error error = writeFile(objectPath(workspace, part), object))
      return error;
  std::string exports = "{ global: " + job.exportedPrefix + "_artifact*; sinter_*; local: *; };\n";
  if (llvm::Error error = writeFile(workspace.path("exports"), exports))
    return error;
  return replaceFile(job.output, /*executable=*/true, [&](llvm::StringRef temporary) {
    return runLinker(linkerArguments(job, *system, *linker, workspace, temporary), workspace, job.output);
  });
}

} // namespace sinter

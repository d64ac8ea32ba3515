// How does a trace look in a file?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TraceFile.h"
#include "Error.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace sinter::train {

static std::string quoted(const std::string &text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

static std::string orEmpty(const char *text) {
  return text ? text : "";
}

TraceFile::TraceFile(const std::string &path, const sinter_artifact &artifact, int64_t origin)
    : artifact(artifact), origin(origin) {
  check(sinter_output_open(path.c_str(), &output));
  pending = fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"model\":{},\"compiler\":{},\"target_cpu\":{},"
                        "\"source_digest\":{}}},\n\"traceEvents\":[\n",
                        quoted(artifact.name), quoted(orEmpty(artifact.compiler_version)),
                        quoted(orEmpty(artifact.target_cpu)), quoted(orEmpty(artifact.source_digest)));
  event(fmt::format("{{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{{\"name\":{}}}}}",
                    quoted(artifact.name)));
}

void TraceFile::event(const std::string &text) {
  pending += std::exchange(first, false) ? "" : ",\n";
  pending += text;
  if (pending.size() > 65536)
    flush();
}

void TraceFile::flush() {
  check(sinter_output_write(output, pending.data(), pending.size()));
  pending.clear();
}

void TraceFile::commit() {
  pending += "\n]}\n";
  flush();
  check(sinter_output_commit(std::exchange(output, nullptr)));
}

void TraceFile::nameTrack(size_t track, const std::string &name) {
  event(fmt::format("{{\"ph\":\"M\",\"pid\":1,\"tid\":{},\"name\":\"thread_name\",\"args\":{{\"name\":{}}}}}", track,
                    quoted(name)));
  event(fmt::format(
      "{{\"ph\":\"M\",\"pid\":1,\"tid\":{0},\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{0}}}}}", track));
}

// Microseconds with three digits behind the point are nanoseconds: rounding breaks no nesting.
void TraceFile::complete(size_t track, const char *category, const std::string &name, int64_t start, int64_t end,
                         const std::string &arguments) {
  const int64_t at = start - origin, taken = end - start;
  event(fmt::format("{{\"ph\":\"X\",\"pid\":1,\"tid\":{},\"cat\":\"{}\",\"name\":{},\"ts\":{}.{:03},\"dur\":{}.{:03},"
                    "\"args\":{{{}}}}}",
                    track, category, quoted(name), at / 1000, at % 1000, taken / 1000, taken % 1000, arguments));
}

void TraceFile::span(const char *name, int64_t start, int64_t end, int64_t rows) {
  complete(0, rows > 0 ? "step" : "phase", name, start, end, rows > 0 ? fmt::format("\"rows\":{}", rows) : "");
}

std::string TraceFile::kernelName(uint32_t kernel) const {
  return kernel < artifact.kernel_count ? artifact.kernels[kernel].name : fmt::format("kernel {}", kernel);
}

void TraceFile::launch(size_t track, uint32_t kernel, int64_t start, int64_t end, bool full) {
  std::string arguments;
  if (kernel < artifact.kernel_count) {
    const sinter_kernel_info &info = artifact.kernels[kernel];
    arguments = fmt::format("\"row\":{},\"schedule\":{}", kernel, quoted(orEmpty(info.schedule)));
    if (full && end > start)
      arguments += fmt::format(",\"flops\":{},\"bytes\":{},\"GFLOP/s\":{:.3f},\"GB/s\":{:.3f}", info.flops, info.bytes,
                               static_cast<double>(info.flops) / static_cast<double>(end - start),
                               static_cast<double>(info.bytes) / static_cast<double>(end - start));
  }
  complete(track, "kernel", kernelName(kernel), start, end, arguments);
}

void TraceFile::copy(size_t track, const char *name, int64_t start, int64_t end) {
  complete(track, "copy", name, start, end, "");
}

void TraceFile::piece(size_t track, uint32_t kernel, int64_t start, int64_t end, int64_t lo, int64_t hi) {
  complete(track, "share", kernelName(kernel), start, end, fmt::format("\"first_item\":{},\"items\":{}", lo, hi - lo));
}

} // namespace sinter::train

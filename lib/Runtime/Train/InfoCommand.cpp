// What is inside of a compiled program?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Array.h"
#include "Error.h"
#include "Options.h"

#include "sinter-rt/model.h"
#include "sinter-rt/safetensors.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

namespace sinter::train {

static std::string typeText(int32_t dtype) {
  const char *name = sinter_dtype_name(dtype);
  return name ? name : "?";
}

static std::string ioText(const sinter_io_info &io) {
  return fmt::format("{} {} {}", io.name, typeText(io.dtype), shapeText(io.shape, io.rank));
}

static int64_t elementCount(const sinter_tensor_info &info) {
  int64_t count = 1;
  for (int32_t i = 0; i < info.rank; ++i)
    count *= info.shape[i];
  return count;
}

static int64_t parameterCount(const sinter_artifact &artifact) {
  int64_t count = 0;
  for (uint32_t i = 0; i < artifact.tensor_count; ++i)
    if (artifact.tensors[i].role == SINTER_PARAMETER)
      count += elementCount(artifact.tensors[i]);
  return count;
}

static const char *orEmpty(const char *text) {
  return text ? text : "";
}

static std::string bytesText(uint64_t bytes) {
  if (bytes < 10240)
    return fmt::format("{} bytes", bytes);
  return bytes < 10485760 ? fmt::format("{} bytes ({:.1f} KiB)", bytes, static_cast<double>(bytes) / 1024)
                          : fmt::format("{} bytes ({:.1f} MiB)", bytes, static_cast<double>(bytes) / 1048576);
}

static nlohmann::ordered_json ioJson(const sinter_io_info *io, uint32_t count) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (uint32_t i = 0; i < count; ++i)
    list.push_back({{"name", io[i].name},
                    {"dtype", typeText(io[i].dtype)},
                    {"shape", std::vector<int64_t>(io[i].shape, io[i].shape + io[i].rank)}});
  return list;
}

static const char *roleName(int32_t role) {
  return role == SINTER_PARAMETER ? "parameter" : role == SINTER_OPTIMIZER_STATE ? "optimizer" : "gradient";
}

static void printJson(const sinter_artifact &artifact) {
  nlohmann::ordered_json tensors = nlohmann::ordered_json::array(), kernels = tensors, metrics = tensors;
  for (uint32_t i = 0; i < artifact.tensor_count; ++i) {
    const sinter_tensor_info &info = artifact.tensors[i];
    tensors.push_back({{"name", info.name},
                       {"role", roleName(info.role)},
                       {"dtype", typeText(info.dtype)},
                       {"shape", std::vector<int64_t>(info.shape, info.shape + info.rank)},
                       {"offset", info.offset},
                       {"bytes", info.bytes}});
  }
  for (uint32_t i = 0; i < artifact.kernel_count; ++i) {
    const sinter_kernel_info &kernel = artifact.kernels[i];
    kernels.push_back({{"name", kernel.name},
                       {"step", orEmpty(kernel.step)},
                       {"schedule", orEmpty(kernel.schedule)},
                       {"flops", kernel.flops},
                       {"bytes", kernel.bytes}});
  }
  for (uint32_t i = 0; i < artifact.metric_count; ++i)
    metrics.push_back(artifact.metrics[i]);
  nlohmann::ordered_json object = {{"model", artifact.name},
                                   {"abi_version", artifact.abi_version},
                                   {"compiler", orEmpty(artifact.compiler_version)},
                                   {"target_triple", orEmpty(artifact.target_triple)},
                                   {"target_cpu", orEmpty(artifact.target_cpu)},
                                   {"source_digest", orEmpty(artifact.source_digest)},
                                   {"loss", orEmpty(artifact.loss)},
                                   {"loss_reduction", artifact.loss_is_sum ? "sum" : "mean"},
                                   {"optimizer", orEmpty(artifact.optimizer)},
                                   {"learning_rate", artifact.learning_rate},
                                   {"metrics", metrics},
                                   {"batch", artifact.batch},
                                   {"inputs", ioJson(artifact.inputs, artifact.input_count)},
                                   {"targets", ioJson(artifact.targets, artifact.target_count)},
                                   {"outputs", ioJson(artifact.outputs, artifact.output_count)},
                                   {"parameters", parameterCount(artifact)},
                                   {"state_bytes", artifact.state_bytes},
                                   {"scratch_bytes", artifact.scratch_bytes},
                                   {"peak_bytes", artifact.state_bytes + artifact.scratch_bytes},
                                   {"tensors", tensors},
                                   {"kernels", kernels}};
  std::puts(object.dump(2).c_str());
}

static void printField(const char *name, const std::string &value) {
  fmt::print("{:<14}{}\n", name, value);
}

static void printIo(const char *name, const sinter_io_info *io, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i)
    printField(i == 0 ? name : "", ioText(io[i]));
}

static void printTensors(const sinter_artifact &artifact) {
  int64_t other = 0;
  uint64_t otherBytes = 0;
  fmt::print("\nparameters ({} in all)\n", parameterCount(artifact));
  for (uint32_t i = 0; i < artifact.tensor_count; ++i) {
    const sinter_tensor_info &info = artifact.tensors[i];
    if (info.role == SINTER_PARAMETER) {
      fmt::print("  {:<28} {} {:<16} {:>10}\n", info.name, typeText(info.dtype), shapeText(info.shape, info.rank),
                 elementCount(info));
    } else {
      ++other;
      otherBytes += info.bytes;
    }
  }
  if (other > 0)
    fmt::print("  and {} of optimizer state and gradients, {}\n", counted(other, "tensor"), bytesText(otherBytes));
}

static void printKernels(const sinter_artifact &artifact) {
  if (artifact.kernel_count == 0)
    return;
  std::set<std::string_view> distinct;
  for (uint32_t i = 0; i < artifact.kernel_count; ++i)
    distinct.insert(artifact.kernels[i].name);
  fmt::print("\nkernels ({} in {} launches)\n", distinct.size(), artifact.kernel_count);
  for (uint32_t i = 0; i < artifact.kernel_count; ++i) {
    const sinter_kernel_info &kernel = artifact.kernels[i];
    fmt::print("  {:<11} {:<32} {:>12} flop {:>12} bytes  {}\n", orEmpty(kernel.step), kernel.name, kernel.flops,
               kernel.bytes, orEmpty(kernel.schedule));
  }
}

int runInfo(const sinter_artifact &artifact, const InfoOptions &options) {
  check(sinter_artifact_check(&artifact));
  if (options.json) {
    printJson(artifact);
    return 0;
  }
  std::string metrics;
  for (uint32_t i = 0; i < artifact.metric_count; ++i)
    metrics += fmt::format("{}{}", i ? ", " : "", artifact.metrics[i]);
  printField("model", artifact.name);
  printIo("input", artifact.inputs, artifact.input_count);
  printIo("target", artifact.targets, artifact.target_count);
  printIo("output", artifact.outputs, artifact.output_count);
  printField("loss",
             fmt::format("{} ({} over the batch)", orEmpty(artifact.loss), artifact.loss_is_sum ? "sum" : "mean"));
  printField("optimizer", orEmpty(artifact.optimizer));
  printField("learning rate", fmt::format("{}", artifact.learning_rate));
  printField("metrics", metrics.empty() ? "none" : metrics);
  printField("batch", fmt::format("at most {}", counted(artifact.batch, "row")));
  printField("state", bytesText(artifact.state_bytes));
  printField("scratch", bytesText(artifact.scratch_bytes));
  printField("peak", bytesText(artifact.state_bytes + artifact.scratch_bytes));
  printField("target", fmt::format("{}, {}", orEmpty(artifact.target_triple), orEmpty(artifact.target_cpu)));
  printField("compiled by", fmt::format("{}, ABI {}", orEmpty(artifact.compiler_version), artifact.abi_version));
  printField("source digest", orEmpty(artifact.source_digest));
  printTensors(artifact);
  printKernels(artifact);
  return 0;
}

} // namespace sinter::train

// What did a benchmark measure, and how is it told?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BenchReport.h"
#include "Array.h"
#include "Error.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

namespace sinter::train {

namespace {

/// Work of all kernels of a training step.
struct Work {
  uint64_t flops = 0, bytes = 0;

  explicit Work(const sinter_artifact &artifact) {
    for (uint32_t i = 0; i < artifact.kernel_count; ++i) {
      if (artifact.kernels[i].step && std::string_view(artifact.kernels[i].step) == "train_step") {
        flops += artifact.kernels[i].flops;
        bytes += artifact.kernels[i].bytes;
      }
    }
  }
};

/// Billions per second; 0 when no time was taken.
double giga(uint64_t amount, double seconds) {
  return seconds > 0 ? static_cast<double>(amount) / seconds * 1e-9 : 0;
}

const char *typeOfFlops(const sinter_artifact &artifact) {
  return artifact.loss_dtype == SINTER_F64 ? "F64" : "F32";
}

void printLine(std::string_view name, int64_t launches, double seconds, double all, std::string_view rates) {
  fmt::print("{:<32} {:>8} {:>10.2f} {:>6.1f} %{}\n", name, launches > 0 ? std::to_string(launches) : "", seconds * 1e6,
             all > 0 ? seconds / all * 100 : 0, rates);
}

/// Share of the roofline that is reached.
double reached(double least, double seconds) {
  return seconds > 0 ? least / seconds : 0;
}

std::string ratesText(uint64_t flops, uint64_t bytes, double seconds, std::optional<double> least) {
  std::string rates = fmt::format(" {:>9.2f} {:>8.2f}", giga(flops, seconds), giga(bytes, seconds));
  return least ? rates + fmt::format(" {:>8.1f} %", reached(*least, seconds) * 100) : rates;
}

void printCeilings(const sinter_artifact &artifact, const BenchResult &result) {
  const BenchResult::Kernels &kernels = *result.kernels;
  if (!kernels.knowsCeilings()) {
    fmt::print("no roofline: the properties of this GPU do not tell its peaks\n");
    return;
  }
  if (result.replays)
    fmt::print("ceilings of this GPU by its properties: {:.1f} GFLOP/s ({}, outside of tensor cores), {:.1f} GB/s\n",
               kernels.ceilings.flops * 1e-9, typeOfFlops(artifact), kernels.ceilings.bytes * 1e-9);
  else
    fmt::print("ceilings of this machine with {}: {:.1f} GFLOP/s ({}, {}), {:.1f} GB/s (streams through {} MiB)\n",
               counted(result.threads, "thread"), kernels.ceilings.flops * 1e-9, typeOfFlops(artifact),
               kernels.ceilings.instructions, kernels.ceilings.bytes * 1e-9, kernels.ceilings.stream_bytes >> 20);
  fmt::print("roofline: share of what these ceilings allow; over 100 % where caches are faster than main memory\n");
}

void printKernels(const sinter_artifact &artifact, const BenchResult &result) {
  const BenchResult::Kernels &kernels = *result.kernels;
  const double all = kernels.all();
  fmt::print("\n{:<32} {:>8} {:>10} {:>8} {:>9} {:>8} {:>10}\n", "kernel", "launches", "us/step", "share", "GFLOP/s",
             "GB/s", kernels.knowsCeilings() ? "roofline" : "");
  int64_t launches = 0;
  for (const KernelTime &kernel : kernels.times) {
    launches += kernel.launches;
    printLine(kernel.name, kernel.launches, kernel.seconds, all,
              ratesText(kernel.flops, kernel.bytes, kernel.seconds, kernels.least(kernel)));
  }
  const Work work(artifact);
  const double inside = kernels.inside();
  printLine("all kernels", launches, inside, all, ratesText(work.flops, work.bytes, inside, kernels.least()));
  printLine("outside of kernels", 0, kernels.outside, all, "");
  printLine("sum", 0, all, all, "");
  fmt::print("medians of {} that took {:.4g} ms while observed (median)\n", counted(kernels.steps, "step"),
             kernels.step.median * 1e3);
  if (result.replays && std::any_of(kernels.times.begin(), kernels.times.end(),
                                    [](const KernelTime &kernel) { return kernel.seconds == 0; }))
    fmt::print("kernels without a time run in the launch of one that has one, whose rates are too low by that\n");
  printCeilings(artifact, result);
}

nlohmann::ordered_json timesJson(const StepTimes &times) {
  return {{"median", times.median}, {"fastest", times.fastest}, {"percentile90", times.percentile90}};
}

nlohmann::ordered_json roofline(const BenchResult::Kernels &kernels, const KernelTime &kernel) {
  if (std::optional<double> least = kernels.least(kernel))
    return reached(*least, kernel.seconds);
  return nullptr;
}

nlohmann::ordered_json kernelsJson(const BenchResult::Kernels &kernels) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const KernelTime &kernel : kernels.times)
    list.push_back({{"name", kernel.name},
                    {"launches", kernel.launches},
                    {"schedule", kernel.schedule},
                    {"flops", kernel.flops},
                    {"bytes", kernel.bytes},
                    {"seconds", kernel.seconds},
                    {"share", kernels.all() > 0 ? kernel.seconds / kernels.all() : 0},
                    {"gflops", giga(kernel.flops, kernel.seconds)},
                    {"gbytes", giga(kernel.bytes, kernel.seconds)},
                    {"roofline", roofline(kernels, kernel)}});
  return list;
}

} // namespace

double BenchResult::Kernels::inside() const {
  double seconds = 0;
  for (const KernelTime &kernel : times)
    seconds += kernel.seconds;
  return seconds;
}

std::optional<double> BenchResult::Kernels::least(const KernelTime &kernel) const {
  if (!knowsCeilings())
    return std::nullopt;
  return sinter_ceilings_seconds(&ceilings, kernel.flops, kernel.bytes);
}

std::optional<double> BenchResult::Kernels::least() const {
  if (!knowsCeilings())
    return std::nullopt;
  double seconds = 0;
  for (const KernelTime &kernel : times)
    seconds += *least(kernel);
  return seconds;
}

void printBench(const sinter_artifact &artifact, const BenchResult &result) {
  const Work work(artifact);
  const StepTimes &step = result.step;
  fmt::print("{}: {} of {}, {}\n", artifact.name, counted(result.steps, "training step"),
             counted(artifact.batch, "row"), result.device);
  fmt::print("median {:.4g} ms/step, fastest {:.4g}, 90th percentile {:.4g}\n", step.median * 1e3, step.fastest * 1e3,
             step.percentile90 * 1e3);
  if (result.replays) {
    const StepTimes &device = result.replays->device;
    fmt::print("on the device, its data there already: median {:.4g} ms/step, fastest {:.4g}, 90th percentile {:.4g}; "
               "by the host's clock {:.4g}\n",
               device.median * 1e3, device.fastest * 1e3, device.percentile90 * 1e3, result.replays->wall.median * 1e3);
    if (result.gathered)
      fmt::print("batches gathered on the device: median {:.4g} ms/step, fastest {:.4g}, 90th percentile {:.4g}\n",
                 result.gathered->median * 1e3, result.gathered->fastest * 1e3, result.gathered->percentile90 * 1e3);
    fmt::print("{} per launch\n", counted(result.replays->stepsPerLaunch, "step"));
  }
  fmt::print("{:.0f} rows/s\n", static_cast<double>(artifact.batch) / step.median);
  if (work.flops > 0)
    fmt::print("{:.2f} GFLOP/s, {:.2f} GB/s ({} flop and {} bytes per step)\n", giga(work.flops, step.median),
               giga(work.bytes, step.median), work.flops, work.bytes);
  if (result.kernels)
    printKernels(artifact, result);
}

void printBenchJson(const sinter_artifact &artifact, const BenchResult &result) {
  const Work work(artifact);
  nlohmann::ordered_json object = {{"model", artifact.name},    {"steps", result.steps},
                                   {"rows", artifact.batch},    {"device", result.device},
                                   {"threads", result.threads}, {"flops", work.flops},
                                   {"bytes", work.bytes},       {"seconds", timesJson(result.step)}};
  if (result.replays)
    object["replays"] = {{"steps_per_launch", result.replays->stepsPerLaunch},
                         {"device_seconds", timesJson(result.replays->device)},
                         {"wall_seconds", timesJson(result.replays->wall)}};
  if (result.gathered)
    object["gathered"] = timesJson(*result.gathered);
  if (result.kernels) {
    const BenchResult::Kernels &kernels = *result.kernels;
    object["observed"] = {{"steps", kernels.steps}, {"seconds", timesJson(kernels.step)}, {"outside", kernels.outside}};
    object["ceilings"] = nullptr;
    if (kernels.knowsCeilings())
      object["ceilings"] = {{"gflops", kernels.ceilings.flops * 1e-9},
                            {"type", typeOfFlops(artifact)},
                            {"instructions", kernels.ceilings.instructions},
                            {"gbytes", kernels.ceilings.bytes * 1e-9},
                            {"stream_bytes", kernels.ceilings.stream_bytes}};
    object["kernels"] = kernelsJson(kernels);
  }
  std::puts(object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

} // namespace sinter::train

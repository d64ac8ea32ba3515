// How long does each kernel of a training step take?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "KernelTimes.h"
#include "Error.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace sinter::train {

int64_t nanosecondsNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

KernelTimes::KernelTimes(sinter_model *model) : model(model) {
  const sinter_artifact &artifact = *sinter_model_artifact(model);
  for (uint32_t row = 0; row < artifact.kernel_count; ++row) {
    const sinter_kernel_info &info = artifact.kernels[row];
    kernelOfRow.push_back(-1);
    if (!info.step || std::string_view(info.step) != "train_step")
      continue;
    auto known = std::find_if(kernels.begin(), kernels.end(),
                              [&](const Kernel &kernel) { return kernel.about.name == info.name; });
    if (known == kernels.end()) {
      kernels.emplace_back();
      known = kernels.end() - 1;
      known->about.name = info.name;
      known->about.schedule = info.schedule ? info.schedule : "";
    }
    known->about.launches += 1;
    known->about.flops += info.flops;
    known->about.bytes += info.bytes;
    kernelOfRow.back() = known - kernels.begin();
  }
  sinter_model_set_observer(model, observe, this);
}

KernelTimes::~KernelTimes() {
  sinter_model_set_observer(model, nullptr, nullptr);
}

void KernelTimes::observe(void *context, uint32_t row, int32_t ended) {
  auto &self = *static_cast<KernelTimes *>(context);
  if (!ended) {
    self.begun = nanosecondsNow();
    return;
  }
  self.add(row, nanosecondsNow() - self.begun);
}

void KernelTimes::add(uint32_t row, int64_t nanoseconds) {
  if (row < kernelOfRow.size() && kernelOfRow[row] >= 0)
    kernels[static_cast<size_t>(kernelOfRow[row])].nanoseconds += nanoseconds;
}

std::vector<sinter_gpu_span> timeTrainStep(sinter_model *model, const sinter_batch &batch) {
  std::vector<sinter_gpu_span> spans(sinter_model_span_count(model));
  check(sinter_model_time_train_step(model, &batch, spans.data()));
  return spans;
}

void KernelTimes::endStep(double seconds) {
  auto outside = static_cast<int64_t>(seconds * 1e9);
  for (Kernel &kernel : kernels) {
    kernel.samples.push_back(kernel.nanoseconds);
    outside -= std::exchange(kernel.nanoseconds, 0);
  }
  outsides.push_back(std::max<int64_t>(0, outside));
}

static double medianSeconds(std::vector<int64_t> samples) {
  if (samples.empty())
    return 0;
  auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return static_cast<double>(*middle) * 1e-9;
}

double KernelTimes::outside() const {
  return medianSeconds(outsides);
}

std::vector<KernelTime> KernelTimes::medians() const {
  std::vector<std::pair<double, size_t>> order; // less is earlier
  for (const Kernel &kernel : kernels)
    order.emplace_back(-medianSeconds(kernel.samples), order.size());
  std::sort(order.begin(), order.end());
  std::vector<KernelTime> result;
  for (auto [seconds, index] : order) {
    result.push_back(kernels[index].about);
    result.back().seconds = -seconds;
  }
  return result;
}

} // namespace sinter::train

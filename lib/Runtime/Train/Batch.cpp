// Where do a step's inputs, targets and outputs lie?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Batch.h"
#include "Error.h"

#include "sinter-rt/safetensors.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace sinter::train {

Model createModel(const sinter_artifact &artifact, const DeviceOptions &options) {
  sinter_model *model = nullptr;
  if (options.device == "cpu") {
    check(sinter_model_create(&artifact, options.threads, &model));
    return Model(model);
  }
  // The command line has checked the form: gpu or gpu:N.
  std::string number = options.device.size() > 4 ? options.device.substr(4) : "0";
  check(sinter_model_create_on_gpu(&artifact, std::atoi(number.c_str()), &model));
  return Model(model);
}

std::string deviceText(const sinter_model *model) {
  if (const char *gpu = sinter_model_gpu_name(model))
    return gpu;
  return counted(sinter_pool_threads(sinter_model_pool(const_cast<sinter_model *>(model))), "thread");
}

AlignedBuffer::AlignedBuffer(size_t bytes) {
  size_t rounded = (bytes + 63) / 64 * 64;
  memory.reset(std::aligned_alloc(64, rounded ? rounded : 64));
  if (!memory)
    fail("out of memory: a buffer of {} bytes cannot be allocated", bytes);
  std::memset(memory.get(), 0, rounded);
}

void AlignedBuffer::Free::operator()(void *memory) const {
  std::free(memory);
}

void *Batch::allocate(const sinter_io_info &io) {
  buffers.emplace_back(sinter_io_bytes(&io, artifact.batch));
  return buffers.back().data();
}

Batch::Batch(const sinter_artifact &artifact) : artifact(artifact) {
  for (uint32_t i = 0; i < artifact.input_count; ++i)
    inputs.push_back(allocate(artifact.inputs[i]));
  for (uint32_t i = 0; i < artifact.target_count; ++i)
    targets.push_back(allocate(artifact.targets[i]));
  for (uint32_t i = 0; i < artifact.output_count; ++i)
    outputs.push_back(allocate(artifact.outputs[i]));
}

void Batch::gather(const Dataset &dataset, const Preparation &preparation, const int64_t *order, int64_t count) {
  int64_t firstFeature = 0;
  for (uint32_t i = 0; i < artifact.input_count; ++i) {
    gatherPrepared(dataset.inputs[i], order, count, artifact.inputs[i].dtype, preparation, firstFeature, inputs[i]);
    firstFeature += dataset.inputs[i].rowElements();
  }
  for (size_t i = 0; i < dataset.targets.size(); ++i)
    gatherRows(dataset.targets[i], order, count, artifact.targets[i].dtype, targets[i]);
  rows = count;
}

double elementAt(const void *data, int64_t index, int32_t dtype) {
  switch (dtype) {
  case SINTER_F32:
    return static_cast<const float *>(data)[index];
  case SINTER_F64:
    return static_cast<const double *>(data)[index];
  case SINTER_I32:
    return static_cast<const int32_t *>(data)[index];
  case SINTER_I64:
    return static_cast<double>(static_cast<const int64_t *>(data)[index]);
  case SINTER_U8:
  case SINTER_BOOL:
    return static_cast<const uint8_t *>(data)[index];
  case SINTER_BF16: {
    uint32_t bits = static_cast<uint32_t>(static_cast<const uint16_t *>(data)[index]) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  default:
    fail("elements of type {} are unknown to this program", dtype);
  }
}

template <typename T>
static bool allFiniteOf(const void *data, int64_t count) {
  const T *values = static_cast<const T *>(data);
  for (int64_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i]))
      return false;
  return true;
}

bool allFinite(const void *data, int64_t count, int32_t dtype) {
  if (dtype == SINTER_F32)
    return allFiniteOf<float>(data, count);
  if (dtype == SINTER_F64)
    return allFiniteOf<double>(data, count);
  return true;
}

int64_t Batch::firstNotFinite() const {
  auto finite = [](const sinter_io_info &io, const void *data, int64_t row) {
    int64_t width = rowElements(io);
    size_t rowBytes = static_cast<size_t>(width) * sinter_dtype_size(io.dtype);
    return !isBatched(io) || allFinite(static_cast<const char *>(data) + row * rowBytes, width, io.dtype);
  };
  for (int64_t row = 0; row < rows; ++row) {
    for (uint32_t i = 0; i < artifact.input_count; ++i)
      if (!finite(artifact.inputs[i], inputs[i], row))
        return row;
    for (uint32_t i = 0; i < artifact.target_count; ++i)
      if (!finite(artifact.targets[i], targets[i], row))
        return row;
  }
  return -1;
}

} // namespace sinter::train

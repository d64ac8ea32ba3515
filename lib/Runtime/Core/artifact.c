/* Can this runtime drive that artifact?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>
#include <sinter-rt/safetensors.h>

static const uint32_t largestAlignment = 1u << 21;
static const int32_t largestRank = SINTER_FILE_MAX_RANK;
static const uint64_t offsetAlignment = 64;

/* Only `magic`, `abi_version` and `struct_size` may be read before they are known to be ours. */
static sinter_status checkVersion(const sinter_artifact *artifact) {
  if (artifact->magic != SINTER_ARTIFACT_MAGIC)
    return sinter_fail(SINTER_ABI_MISMATCH,
                       "this is not a sinter artifact: expected magic number 0x%08X, found 0x%08X: "
                       "compile the model with sinterc",
                       SINTER_ARTIFACT_MAGIC, artifact->magic);
  if (artifact->abi_version != SINTER_ABI_VERSION)
    return sinter_fail(SINTER_ABI_MISMATCH,
                       "the artifact was compiled for ABI version %u, this runtime speaks version %u: "
                       "recompile it with a matching sinterc",
                       artifact->abi_version, SINTER_ABI_VERSION);
  if (artifact->struct_size != sizeof *artifact)
    return sinter_fail(SINTER_ABI_MISMATCH,
                       "the artifact describes itself in %u bytes, this runtime expects %zu: "
                       "recompile it with a matching sinterc",
                       artifact->struct_size, sizeof *artifact);
  return SINTER_OK;
}

/* Multiplies `*product` by `factor`; 0 on overflow. */
static int multiply(uint64_t *product, uint64_t factor) {
  return !__builtin_mul_overflow(*product, factor, product);
}

static sinter_status checkTensor(const sinter_artifact *artifact, uint32_t index) {
  const sinter_tensor_info *tensor = &artifact->tensors[index];
  if (!tensor->name || !*tensor->name)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': tensor %u has no name", artifact->name, index);
  uint64_t expected = sinter_dtype_size(tensor->dtype);
  if (expected == 0 || tensor->dtype > SINTER_BF16)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': tensor '%s' has the unknown element type %d",
                       artifact->name, tensor->name, (int)tensor->dtype);
  if (tensor->rank < 0 || tensor->rank > largestRank || (tensor->rank > 0 && !tensor->shape))
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': tensor '%s': expected a rank of 0 to %d, found %d",
                       artifact->name, tensor->name, (int)largestRank, (int)tensor->rank);
  for (int32_t i = 0; i < tensor->rank; ++i)
    if (tensor->shape[i] < 0 || !multiply(&expected, (uint64_t)tensor->shape[i]))
      return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': tensor '%s' has the impossible extent %lld",
                         artifact->name, tensor->name, (long long)tensor->shape[i]);
  if (tensor->bytes != expected)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': tensor '%s': its shape makes %llu bytes, found %llu",
                       artifact->name, tensor->name, (unsigned long long)expected, (unsigned long long)tensor->bytes);
  if (tensor->offset % offsetAlignment != 0 || tensor->offset > artifact->state_bytes ||
      tensor->bytes > artifact->state_bytes - tensor->offset)
    return sinter_fail(SINTER_INVALID_ARGUMENT,
                       "artifact '%s': tensor '%s' lies at byte %llu with %llu bytes: expected a multiple of 64 inside "
                       "of the state block of %llu bytes",
                       artifact->name, tensor->name, (unsigned long long)tensor->offset,
                       (unsigned long long)tensor->bytes, (unsigned long long)artifact->state_bytes);
  return SINTER_OK;
}

static sinter_status checkIo(const sinter_artifact *artifact, const char *kind, const sinter_io_info *infos,
                             uint32_t count) {
  if (count > 0 && !infos)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': %u %ss without a table", artifact->name, count, kind);
  for (uint32_t i = 0; i < count; ++i) {
    const sinter_io_info *info = &infos[i];
    uint64_t bytes = sinter_dtype_size(info->dtype);
    int valid = info->name && bytes > 0 && info->dtype <= SINTER_BF16 && info->rank >= 0 && info->rank <= largestRank &&
                (info->rank == 0 || info->shape);
    for (int32_t axis = 0; valid && axis < info->rank; ++axis) {
      const int isBatch = axis == 0 && info->shape[axis] == SINTER_BATCH_EXTENT;
      const int64_t extent = isBatch ? artifact->batch : info->shape[axis];
      valid = extent >= 0 && multiply(&bytes, (uint64_t)extent);
    }
    if (!valid)
      return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': %s %u ('%s') has no valid type", artifact->name, kind,
                         i, info->name ? info->name : "");
  }
  return SINTER_OK;
}

static sinter_status checkGeneral(const sinter_artifact *artifact) {
  if (!artifact->name || !*artifact->name)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "the artifact has no name");
  if (artifact->alignment == 0 || (artifact->alignment & (artifact->alignment - 1)) != 0 ||
      artifact->alignment > largestAlignment)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': alignment: expected a power of two up to %u, found %u",
                       artifact->name, largestAlignment, artifact->alignment);
  if (artifact->batch < 1)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': batch: expected at least 1, found %lld", artifact->name,
                       (long long)artifact->batch);
  if (artifact->loss_dtype != SINTER_F32 && artifact->loss_dtype != SINTER_F64)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': loss: expected type F32 or F64, found %d",
                       artifact->name, (int)artifact->loss_dtype);
  if (!artifact->init || !artifact->train_step || !artifact->eval_step || !artifact->predict)
    return sinter_fail(SINTER_INVALID_ARGUMENT,
                       "artifact '%s': expected init, train_step, eval_step and predict, found a missing one",
                       artifact->name);
  if (artifact->tensor_count > 0 && !artifact->tensors)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': %u tensors without a table", artifact->name,
                       artifact->tensor_count);
  return SINTER_OK;
}

sinter_status sinter_artifact_check(const sinter_artifact *artifact) {
  if (!artifact)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "expected an artifact, found NULL");
  sinter_status status = checkVersion(artifact);
  if (status == SINTER_OK)
    status = checkGeneral(artifact);
  for (uint32_t i = 0; status == SINTER_OK && i < artifact->tensor_count; ++i)
    status = checkTensor(artifact, i);
  if (status == SINTER_OK)
    status = checkIo(artifact, "input", artifact->inputs, artifact->input_count);
  if (status == SINTER_OK)
    status = checkIo(artifact, "target", artifact->targets, artifact->target_count);
  if (status == SINTER_OK)
    status = checkIo(artifact, "output", artifact->outputs, artifact->output_count);
  return status;
}

uint64_t sinter_io_bytes(const sinter_io_info *io, int64_t rows) {
  uint64_t bytes = sinter_dtype_size(io->dtype);
  for (int32_t axis = 0; axis < io->rank; ++axis)
    bytes *= (uint64_t)(io->shape[axis] == SINTER_BATCH_EXTENT ? rows : io->shape[axis]);
  return bytes;
}

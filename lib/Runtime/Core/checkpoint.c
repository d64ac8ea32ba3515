/* How is training stopped and taken up again? See checkpoint.h.
 *
 * Loading happens in three parts, so that a failure leaves the model as it was: verify the file against the model, read
 * everything into a staging block, copy it over.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/checkpoint.h>
#include <sinter-rt/file.h>

#include "block.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char keyPrefix[] = "sinter.";
static const char keyFormat[] = "sinter.format";
static const char keyModel[] = "sinter.model";
static const char keyStep[] = "sinter.step";
static const char keySeed[] = "sinter.seed";
static const char keyOptimizer[] = "sinter.optimizer";
static const char keyDigest[] = "sinter.source_digest";
static const char keyChecksum[] = "sinter.checksum";
static const char keyHeaderChecksum[] = "sinter.header_checksum";
static const char formatVersion[] = "1";

enum { OUR_METADATA = 8, NUMBER_CHARS = 24, SHAPE_CHARS = 160 };

/*===- checksums of the header
 * -------------------------------------------------------------------------------------===*/

static uint32_t checksumString(uint32_t crc, const char *string) {
  return sinter_crc32(crc, string, strlen(string) + 1);
}

static uint32_t checksumMetadata(uint32_t crc, const char *key, const char *value) {
  return strcmp(key, keyHeaderChecksum) == 0 ? crc : checksumString(checksumString(crc, key), value);
}

static uint32_t checksumTensor(uint32_t crc, const char *name, int32_t dtype, int32_t rank, const int64_t *shape) {
  crc = checksumString(crc, name);
  crc = sinter_crc32(crc, &dtype, sizeof dtype);
  crc = sinter_crc32(crc, &rank, sizeof rank);
  return rank > 0 ? sinter_crc32(crc, shape, sizeof *shape * (size_t)rank) : crc;
}

static uint32_t headerChecksum(const sinter_file *file) {
  uint32_t crc = 0;
  for (size_t i = 0; i < sinter_file_metadata_count(file); ++i) {
    const sinter_key_value *entry = sinter_file_metadata_at(file, i);
    crc = checksumMetadata(crc, entry->key, entry->value);
  }
  for (size_t i = 0; i < sinter_file_tensor_count(file); ++i) {
    const sinter_file_tensor *tensor = sinter_file_tensor_at(file, i);
    crc = checksumTensor(crc, tensor->name, tensor->dtype, tensor->rank, tensor->shape);
  }
  return crc;
}

static sinter_status compareChecksum(const sinter_file *file, const char *key, const char *part, uint32_t actual) {
  const char *stated = sinter_file_metadata(file, key);
  char text[NUMBER_CHARS];
  snprintf(text, sizeof text, "%08" PRIx32, actual);
  if (!stated)
    return sinter_fail(SINTER_CORRUPT, "%s: the checkpoint is damaged: expected '%s' in its metadata, found none",
                       sinter_file_path(file), key);
  if (strcmp(stated, text) != 0)
    return sinter_fail(SINTER_CORRUPT,
                       "%s: the checkpoint is damaged: expected checksum %.16s of its %s, found %s: it was changed "
                       "after it was written",
                       sinter_file_path(file), stated, part, text);
  return SINTER_OK;
}

/* The checkpoints of all versions have checksums; files of others may have none. */
static int hasChecksums(const sinter_file *file) {
  return sinter_file_metadata(file, keyFormat) || sinter_file_metadata(file, keyChecksum) ||
         sinter_file_metadata(file, keyHeaderChecksum);
}

static sinter_status verifyHeader(const sinter_file *file) {
  return hasChecksums(file) ? compareChecksum(file, keyHeaderChecksum, "header", headerChecksum(file)) : SINTER_OK;
}

static sinter_status verifyData(const sinter_file *file) {
  uint32_t checksum;
  if (!hasChecksums(file))
    return SINTER_OK;
  const sinter_status status = sinter_file_data_checksum(file, &checksum);
  return status == SINTER_OK ? compareChecksum(file, keyChecksum, "data", checksum) : status;
}

sinter_status sinter_checkpoint_verify(const sinter_file *file) {
  const sinter_status status = verifyHeader(file);
  return status == SINTER_OK ? verifyData(file) : status;
}

/*===- saving
 * ------------------------------------------------------------------------------------------------------===*/

static sinter_status checkCallerKeys(const char *path, const sinter_key_value *metadata, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (metadata[i].key && strncmp(metadata[i].key, keyPrefix, sizeof keyPrefix - 1) == 0)
      return sinter_fail(SINTER_INVALID_ARGUMENT,
                         "cannot write '%s': metadata keys that begin with '%s' are reserved, found '%s'", path,
                         keyPrefix, metadata[i].key);
  return SINTER_OK;
}

static void describeTensors(const sinter_model *model, sinter_file_entry *entries) {
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    const sinter_file_entry entry = {info->name, info->dtype, info->rank, info->shape,
                                     sinter_model_tensor_at_const(model, i)};
    entries[i] = entry;
  }
}

/* The numbers of the metadata as text. */
typedef struct Numbers {
  char step[NUMBER_CHARS], seed[NUMBER_CHARS], checksum[NUMBER_CHARS], headerChecksum[NUMBER_CHARS];
} Numbers;

/* Fills in our metadata, after which the caller's `count` - OUR_METADATA entries already stand. */
static void describeModel(const sinter_model *model, const sinter_file_entry *entries, sinter_key_value *all,
                          size_t count, Numbers *numbers) {
  const sinter_artifact *artifact = sinter_model_artifact(model);
  uint32_t data = 0, header = 0;
  for (uint32_t i = 0; i < artifact->tensor_count; ++i)
    data = sinter_crc32(data, entries[i].data, (size_t)artifact->tensors[i].bytes);
  snprintf(numbers->step, NUMBER_CHARS, "%" PRId64, sinter_model_step(model));
  snprintf(numbers->seed, NUMBER_CHARS, "%" PRId64, sinter_model_seed(model));
  snprintf(numbers->checksum, NUMBER_CHARS, "%08" PRIx32, data);
  const sinter_key_value ours[OUR_METADATA] = {
      {keyFormat, formatVersion},
      {keyModel, artifact->name},
      {keyStep, numbers->step},
      {keySeed, numbers->seed},
      {keyOptimizer, artifact->optimizer ? artifact->optimizer : ""},
      {keyDigest, artifact->source_digest ? artifact->source_digest : ""},
      {keyChecksum, numbers->checksum},
      {keyHeaderChecksum, numbers->headerChecksum},
  };
  memcpy(all, ours, sizeof ours);
  for (size_t i = 0; i < count; ++i)
    if (all[i].key && all[i].value)
      header = checksumMetadata(header, all[i].key, all[i].value);
  for (uint32_t i = 0; i < artifact->tensor_count; ++i)
    header = checksumTensor(header, entries[i].name, entries[i].dtype, entries[i].rank, entries[i].shape);
  snprintf(numbers->headerChecksum, NUMBER_CHARS, "%08" PRIx32, header);
}

sinter_status sinter_model_save(const sinter_model *model, const char *path, const sinter_key_value *metadata,
                                size_t metadata_count) {
  if (!path || !*path || (metadata_count > 0 && !metadata))
    return sinter_fail(SINTER_INVALID_ARGUMENT, "checkpoint: expected a path and metadata, found none");
  sinter_status status = checkCallerKeys(path, metadata, metadata_count);
  if (status == SINTER_OK)
    status = sinter_model_synchronize(model);
  if (status != SINTER_OK)
    return status;
  const size_t tensors = sinter_model_tensor_count(model), keys = OUR_METADATA + metadata_count;
  sinter_file_entry *entries = malloc(sizeof *entries * (tensors + 1));
  sinter_key_value *all = malloc(sizeof *all * keys);
  if (entries && all) {
    Numbers numbers;
    if (metadata_count > 0)
      memcpy(all + OUR_METADATA, metadata, sizeof *metadata * metadata_count);
    describeTensors(model, entries);
    describeModel(model, entries, all, keys, &numbers);
    status = sinter_file_save(path, entries, tensors, all, keys);
  } else {
    status = sinter_fail(SINTER_OUT_OF_MEMORY, "cannot write '%s': out of memory", path);
  }
  free(entries);
  free(all);
  return status;
}

/*===- loading
 * -----------------------------------------------------------------------------------------------------===*/

/* "2x3", "scalar"; cut off with "..." when long. */
static const char *formatShape(char text[SHAPE_CHARS], int32_t rank, const int64_t *shape) {
  size_t length = 0;
  if (rank == 0)
    return "scalar";
  for (int32_t i = 0; i < rank; ++i) {
    if (length + 2 * NUMBER_CHARS > SHAPE_CHARS) {
      snprintf(text + length, SHAPE_CHARS - length, "...");
      break;
    }
    length += (size_t)snprintf(text + length, SHAPE_CHARS - length, i ? "x%lld" : "%lld", (long long)shape[i]);
  }
  return text;
}

/* Does a tensor of the file have the shape (and, unless `anyFloat`, the type) of one of the model? */
static sinter_status compareTensor(const sinter_file *file, const sinter_file_tensor *found,
                                   const sinter_tensor_info *expected, const char *model, int anyFloat) {
  int same = found->rank == expected->rank;
  for (int32_t i = 0; same && i < found->rank; ++i)
    same = found->shape[i] == expected->shape[i];
  if (!same) {
    char wanted[SHAPE_CHARS], present[SHAPE_CHARS];
    return sinter_fail(
        SINTER_MISMATCH, "%s: checkpoint of another model: tensor '%s' of model '%s': expected shape %s, found %s",
        sinter_file_path(file), expected->name, model, formatShape(wanted, expected->rank, expected->shape),
        formatShape(present, found->rank, found->shape));
  }
  const int convertible = anyFloat && (expected->dtype == SINTER_F32 || expected->dtype == SINTER_F64) &&
                          (found->dtype == SINTER_F32 || found->dtype == SINTER_F64 || found->dtype == SINTER_BF16 ||
                           found->dtype == SINTER_FILE_F16);
  if (found->dtype != expected->dtype && !convertible)
    return sinter_fail(SINTER_MISMATCH,
                       "%s: checkpoint of another model: tensor '%s' of model '%s': expected type %s, found %s",
                       sinter_file_path(file), expected->name, model, sinter_dtype_name(expected->dtype),
                       sinter_dtype_name(found->dtype));
  return SINTER_OK;
}

/* Which tensors of the model are taken from a file. */
typedef enum Scope { EVERYTHING, PARAMETERS } Scope;

static int isRequired(const sinter_tensor_info *info, Scope scope) {
  return info->role == SINTER_PARAMETER || (scope == EVERYTHING && info->role != SINTER_GRADIENT);
}

static int isWanted(const sinter_tensor_info *info, Scope scope) {
  return info->role == SINTER_PARAMETER || scope == EVERYTHING;
}

/* Every tensor that the model needs is there and fits. */
static sinter_status checkModelTensors(const sinter_model *model, const sinter_file *file, Scope scope) {
  const char *name = sinter_model_artifact(model)->name;
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    if (!isWanted(info, scope))
      continue;
    const sinter_file_tensor *found = sinter_file_find(file, info->name);
    if (!found && !isRequired(info, scope))
      continue;
    if (!found)
      return sinter_fail(SINTER_MISMATCH,
                         "%s: checkpoint of another model: expected tensor '%s' of model '%s', found none of this name",
                         sinter_file_path(file), info->name, name);
    const sinter_status status = compareTensor(file, found, info, name, scope == PARAMETERS);
    if (status != SINTER_OK)
      return status;
  }
  return SINTER_OK;
}

/* "<parameter>.grad": a gradient that an artifact compiled with --keep-gradients has saved. */
static int isGradientName(const sinter_model *model, const char *name) {
  static const char suffix[] = ".grad";
  const size_t length = strlen(name), suffixLength = sizeof suffix - 1;
  if (length <= suffixLength || strcmp(name + length - suffixLength, suffix) != 0)
    return 0;
  char *parameter = strndup(name, length - suffixLength);
  const int found = parameter && sinter_model_find_tensor(model, parameter) >= 0;
  free(parameter);
  return found;
}

static sinter_status checkUnknownTensors(const sinter_model *model, const sinter_file *file) {
  for (size_t i = 0; i < sinter_file_tensor_count(file); ++i) {
    const char *name = sinter_file_tensor_at(file, i)->name;
    if (sinter_model_find_tensor(model, name) < 0 && !isGradientName(model, name))
      return sinter_fail(SINTER_MISMATCH, "%s: checkpoint of another model: model '%s' has no tensor '%s'",
                         sinter_file_path(file), sinter_model_artifact(model)->name, name);
  }
  return SINTER_OK;
}

/* Reads a decimal number of the metadata. */
static sinter_status metadataNumber(const sinter_file *file, const char *key, int64_t least, int64_t *number) {
  const char *text = sinter_file_metadata(file, key);
  char *end = NULL;
  errno = 0;
  const long long value = text ? strtoll(text, &end, 10) : 0;
  if (!text || end == text || *end != '\0' || errno == ERANGE || value < least)
    return sinter_fail(SINTER_FORMAT, "%s: metadata '%s': expected a decimal number from %lld on, found '%s'",
                       sinter_file_path(file), key, (long long)least, text ? text : "");
  *number = value;
  return SINTER_OK;
}

static sinter_status checkIdentity(const sinter_model *model, const sinter_file *file, uint32_t flags) {
  const char *path = sinter_file_path(file);
  const char *format = sinter_file_metadata(file, keyFormat);
  const char *name = sinter_file_metadata(file, keyModel);
  const char *expected = sinter_model_artifact(model)->name;
  if (!format)
    return sinter_fail(SINTER_MISMATCH,
                       "%s: not a checkpoint: expected '%s' in its metadata, found none: it can serve as initial "
                       "parameters only",
                       path, keyFormat);
  if (strcmp(format, formatVersion) != 0)
    return sinter_fail(SINTER_UNSUPPORTED, "%s: expected checkpoint format %s, found %s", path, formatVersion, format);
  if (!(flags & SINTER_LOAD_ANY_MODEL_NAME) && (!name || strcmp(name, expected) != 0))
    return sinter_fail(SINTER_MISMATCH, "%s: checkpoint of another model: expected '%s', found '%s'", path, expected,
                       name ? name : "");
  return SINTER_OK;
}

/* Reads the wanted tensors of the file, at their places in a block like the state. */
static sinter_status stage(const sinter_model *model, const sinter_file *file, Scope scope, char *staging) {
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    const sinter_file_tensor *found = isWanted(info, scope) ? sinter_file_find(file, info->name) : NULL;
    if (!found)
      continue;
    const sinter_status status = sinter_file_read_as(file, found, info->dtype, staging + info->offset);
    if (status != SINTER_OK)
      return status;
  }
  return SINTER_OK;
}

static void copyStaged(sinter_model *model, const sinter_file *file, Scope scope, const char *staging) {
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    if (isWanted(info, scope) && sinter_file_find(file, info->name))
      memcpy(sinter_model_tensor_at(model, i), staging + info->offset, (size_t)info->bytes);
  }
}

static sinter_status takeOver(sinter_model *model, const sinter_file *file, Scope scope) {
  const sinter_artifact *artifact = sinter_model_artifact(model);
  Block staging;
  sinter_status status = sinter_block_allocate(&staging, artifact->state_bytes, artifact->alignment, "checkpoint's");
  if (status != SINTER_OK)
    return status;
  status = stage(model, file, scope, staging.data);
  if (status == SINTER_OK)
    copyStaged(model, file, scope, staging.data);
  sinter_block_free(&staging);
  return status;
}

static sinter_status loadCheckpoint(sinter_model *model, const sinter_file *file, uint32_t flags) {
  int64_t step = 0, seed = 0;
  sinter_status status;
  if ((status = verifyHeader(file)) || (status = checkIdentity(model, file, flags)) ||
      (status = checkModelTensors(model, file, EVERYTHING)) || (status = checkUnknownTensors(model, file)) ||
      (status = verifyData(file)) || (status = metadataNumber(file, keyStep, 0, &step)) ||
      (status = metadataNumber(file, keySeed, INT64_MIN, &seed)) || (status = takeOver(model, file, EVERYTHING)))
    return status;
  sinter_model_set_step(model, step);
  sinter_model_set_seed(model, seed);
  return SINTER_OK;
}

static sinter_status loadParameters(sinter_model *model, const sinter_file *file) {
  sinter_status status;
  if ((status = verifyHeader(file)) || (status = checkModelTensors(model, file, PARAMETERS)) ||
      (status = verifyData(file)) || (status = takeOver(model, file, PARAMETERS)))
    return status;
  return SINTER_OK;
}

sinter_status sinter_model_load(sinter_model *model, const char *path, uint32_t flags, sinter_file **result) {
  if (result)
    *result = NULL;
  if (flags & ~(uint32_t)SINTER_LOAD_ANY_MODEL_NAME)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_model_load: unknown flags 0x%X", flags);
  sinter_file *file = NULL;
  sinter_status status = sinter_model_synchronize(model);
  if (status == SINTER_OK)
    status = sinter_file_open(path, &file);
  if (status == SINTER_OK)
    status = loadCheckpoint(model, file, flags);
  if (status == SINTER_OK && result)
    *result = file;
  else
    sinter_file_close(file);
  return status;
}

sinter_status sinter_model_load_parameters(sinter_model *model, const char *path, uint32_t flags,
                                           sinter_file **result) {
  if (result)
    *result = NULL;
  if (flags != 0)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_model_load_parameters: unknown flags 0x%X", flags);
  sinter_file *file = NULL;
  sinter_status status = sinter_model_synchronize(model);
  if (status == SINTER_OK)
    status = sinter_file_open(path, &file);
  if (status == SINTER_OK)
    status = loadParameters(model, file);
  if (status == SINTER_OK && result)
    *result = file;
  else
    sinter_file_close(file);
  return status;
}

/* What does the header of a safetensors file say? See file_header.h.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "file_header.h"

#include "dtype.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

/* The header while it is being read. Shapes grow in one array; tensors refer to them by index until it is complete. */
typedef struct Parser {
  Json json;
  FileHeader *header;
  size_t *shapeStarts; /* index into extents of each tensor */
  size_t tensorCapacity, extentCount, extentCapacity, metadataCapacity;
} Parser;

static sinter_status outOfMemory(const Parser *parser) {
  return sinter_fail(SINTER_OUT_OF_MEMORY, "%s: out of memory for its header", parser->json.path);
}

/* Makes room for one more element in `*array`; 0 when out of memory. */
static int reserve(void **array, size_t count, size_t *capacity, size_t elementBytes) {
  if (count < *capacity)
    return 1;
  const size_t wanted = *capacity ? *capacity * 2 : 16;
  void *grown = realloc(*array, wanted * elementBytes);
  if (!grown)
    return 0;
  *array = grown;
  *capacity = wanted;
  return 1;
}

static sinter_status parseMetadata(Parser *parser) {
  Json *json = &parser->json;
  FileHeader *header = parser->header;
  int more;
  sinter_status status = sinter_json_symbol(json, '{');
  if (status != SINTER_OK)
    return status;
  for (sinter_json_first(json, '}', &more); more;) {
    char *key, *value;
    if (!reserve((void **)&header->metadata, header->metadataCount, &parser->metadataCapacity,
                 sizeof *header->metadata))
      return outOfMemory(parser);
    if ((status = sinter_json_string(json, &key)) || (status = sinter_json_symbol(json, ':')) ||
        (status = sinter_json_string(json, &value)) || (status = sinter_json_next(json, '}', &more)))
      return status;
    const sinter_key_value entry = {key, value};
    header->metadata[header->metadataCount++] = entry;
  }
  return SINTER_OK;
}

static sinter_status parseShape(Parser *parser, sinter_file_tensor *tensor) {
  Json *json = &parser->json;
  int more;
  sinter_status status = sinter_json_symbol(json, '[');
  if (status != SINTER_OK)
    return status;
  for (sinter_json_first(json, ']', &more); more;) {
    uint64_t extent;
    if ((status = sinter_json_natural(json, &extent)) || (status = sinter_json_next(json, ']', &more)))
      return status;
    if (tensor->rank == SINTER_FILE_MAX_RANK)
      return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': expected a rank up to %d, found more", json->path,
                         tensor->name, SINTER_FILE_MAX_RANK);
    if (!reserve((void **)&parser->header->extents, parser->extentCount, &parser->extentCapacity,
                 sizeof *parser->header->extents))
      return outOfMemory(parser);
    parser->header->extents[parser->extentCount++] = (int64_t)extent;
    ++tensor->rank;
  }
  return SINTER_OK;
}

static sinter_status parseOffsets(Parser *parser, uint64_t offsets[2]) {
  Json *json = &parser->json;
  sinter_status status;
  if ((status = sinter_json_symbol(json, '[')) || (status = sinter_json_natural(json, &offsets[0])) ||
      (status = sinter_json_symbol(json, ',')) || (status = sinter_json_natural(json, &offsets[1])) ||
      (status = sinter_json_symbol(json, ']')))
    return status;
  return SINTER_OK;
}

static sinter_status parseDtype(Parser *parser, sinter_file_tensor *tensor) {
  char *name;
  const sinter_status status = sinter_json_string(&parser->json, &name);
  if (status != SINTER_OK)
    return status;
  tensor->dtype = sinter_dtype_of_name(name);
  if (tensor->dtype == 0)
    return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': '%s' is no element type of the safetensors format",
                       parser->json.path, tensor->name, name);
  return SINTER_OK;
}

/* The fields of a tensor, in the order of their bits in `seen`. */
static const char *const fieldNames[] = {"dtype", "shape", "data_offsets"};
enum { FIELD_DTYPE, FIELD_SHAPE, FIELD_OFFSETS, FIELD_COUNT };

static sinter_status parseField(Parser *parser, sinter_file_tensor *tensor, uint64_t offsets[2], unsigned *seen) {
  Json *json = &parser->json;
  char *name;
  sinter_status status = sinter_json_string(json, &name);
  if (status != SINTER_OK)
    return status;
  int field = 0;
  while (field < FIELD_COUNT && strcmp(fieldNames[field], name) != 0)
    ++field;
  if (field == FIELD_COUNT)
    return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': expected dtype, shape and data_offsets, found '%s'", json->path,
                       tensor->name, name);
  if (*seen & 1u << field)
    return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': '%s' is given twice", json->path, tensor->name, name);
  *seen |= 1u << field;
  if ((status = sinter_json_symbol(json, ':')))
    return status;
  if (field == FIELD_DTYPE)
    return parseDtype(parser, tensor);
  return field == FIELD_SHAPE ? parseShape(parser, tensor) : parseOffsets(parser, offsets);
}

/* Computes `elements` and `bytes`, and holds them against the offsets. */
static sinter_status checkSize(const Parser *parser, sinter_file_tensor *tensor, const int64_t *shape,
                               const uint64_t offsets[2]) {
  uint64_t elements = 1, bytes;
  int overflow = 0;
  for (int32_t i = 0; i < tensor->rank; ++i)
    overflow |= __builtin_mul_overflow(elements, (uint64_t)shape[i], &elements);
  overflow |= __builtin_mul_overflow(elements, (uint64_t)sinter_dtype_size(tensor->dtype), &bytes);
  if (overflow || bytes > INT64_MAX)
    return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': its shape makes more bytes than fit into 63 bits",
                       parser->json.path, tensor->name);
  if (offsets[1] < offsets[0])
    return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': its data_offsets end at %llu, before they begin at %llu",
                       parser->json.path, tensor->name, (unsigned long long)offsets[1], (unsigned long long)offsets[0]);
  if (offsets[1] - offsets[0] != bytes)
    return sinter_fail(SINTER_FORMAT, "%s: tensor '%s': its shape and type make %llu bytes, its data_offsets %llu",
                       parser->json.path, tensor->name, (unsigned long long)bytes,
                       (unsigned long long)(offsets[1] - offsets[0]));
  tensor->elements = elements;
  tensor->bytes = bytes;
  tensor->offset = offsets[0];
  return SINTER_OK;
}

static sinter_status parseTensor(Parser *parser, const char *name) {
  Json *json = &parser->json;
  FileHeader *header = parser->header;
  sinter_file_tensor tensor = {0};
  uint64_t offsets[2] = {0, 0};
  unsigned seen = 0;
  int more;
  tensor.name = name;
  const size_t shapeStart = parser->extentCount;
  sinter_status status = sinter_json_symbol(json, '{');
  if (status != SINTER_OK)
    return status;
  for (sinter_json_first(json, '}', &more); more;)
    if ((status = parseField(parser, &tensor, offsets, &seen)) || (status = sinter_json_next(json, '}', &more)))
      return status;
  for (int field = 0; field < FIELD_COUNT; ++field)
    if (!(seen & 1u << field))
      return sinter_fail(SINTER_FORMAT, "%s: tensor '%s' has no '%s'", json->path, name, fieldNames[field]);
  if ((status = checkSize(parser, &tensor, header->extents + shapeStart, offsets)))
    return status;
  size_t capacity = parser->tensorCapacity;
  if (!reserve((void **)&header->tensors, header->tensorCount, &capacity, sizeof tensor) ||
      !reserve((void **)&parser->shapeStarts, header->tensorCount, &parser->tensorCapacity,
               sizeof *parser->shapeStarts))
    return outOfMemory(parser);
  parser->shapeStarts[header->tensorCount] = shapeStart;
  header->tensors[header->tensorCount++] = tensor;
  return SINTER_OK;
}

static sinter_status parseTop(Parser *parser) {
  Json *json = &parser->json;
  int more, metadataSeen = 0;
  sinter_status status = sinter_json_symbol(json, '{');
  if (status != SINTER_OK)
    return status;
  for (sinter_json_first(json, '}', &more); more;) {
    char *name;
    if ((status = sinter_json_string(json, &name)) || (status = sinter_json_symbol(json, ':')))
      return status;
    if (strcmp(name, "__metadata__") == 0) {
      if (metadataSeen++)
        return sinter_fail(SINTER_FORMAT, "%s: '__metadata__' is given twice", json->path);
      status = parseMetadata(parser);
    } else {
      status = parseTensor(parser, name);
    }
    if (status != SINTER_OK || (status = sinter_json_next(json, '}', &more)))
      return status;
  }
  sinter_json_peek(json);
  return json->at == json->length ? SINTER_OK : sinter_json_expected(json, "only spaces after the header's '}'");
}

/* By place, so that the order and each message are always the same. */
static int compareOffsets(const void *left, const void *right) {
  const sinter_file_tensor *a = left, *b = right;
  if (a->offset != b->offset)
    return a->offset < b->offset ? -1 : 1;
  if (a->bytes != b->bytes)
    return a->bytes < b->bytes ? -1 : 1;
  return strcmp(a->name, b->name);
}

static int compareTensorNames(const void *left, const void *right, void *tensors) {
  const sinter_file_tensor *table = tensors;
  return strcmp(table[*(const uint32_t *)left].name, table[*(const uint32_t *)right].name);
}

/* The tensors must cover the data section without overlap and without a gap. */
static sinter_status checkCover(const FileHeader *header, uint64_t dataBytes, const char *path) {
  uint64_t end = 0;
  for (size_t i = 0; i < header->tensorCount; ++i) {
    const sinter_file_tensor *tensor = &header->tensors[i];
    if (tensor->offset != end)
      return sinter_fail(SINTER_FORMAT, "%s: tensor '%s' begins at byte %llu of the data: expected byte %llu, %s", path,
                         tensor->name, (unsigned long long)tensor->offset, (unsigned long long)end,
                         tensor->offset < end ? "as tensors must not overlap" : "as nothing may lie between tensors");
    end += tensor->bytes;
    if (end > dataBytes)
      return sinter_fail(SINTER_TRUNCATED, "%s: tensor '%s' ends at byte %llu of the data, the file has only %llu",
                         path, tensor->name, (unsigned long long)end, (unsigned long long)dataBytes);
  }
  if (end < dataBytes)
    return sinter_fail(SINTER_FORMAT, "%s: %llu bytes follow the last tensor: expected none", path,
                       (unsigned long long)(dataBytes - end));
  return SINTER_OK;
}

/* Sorts the names, and finds those that occur twice. */
static sinter_status indexNames(Parser *parser) {
  FileHeader *header = parser->header;
  header->byName = malloc(sizeof *header->byName * (header->tensorCount + 1));
  if (!header->byName)
    return outOfMemory(parser);
  for (size_t i = 0; i < header->tensorCount; ++i)
    header->byName[i] = (uint32_t)i;
  qsort_r(header->byName, header->tensorCount, sizeof *header->byName, compareTensorNames, header->tensors);
  for (size_t i = 1; i < header->tensorCount; ++i) {
    const char *name = header->tensors[header->byName[i]].name;
    if (strcmp(header->tensors[header->byName[i - 1]].name, name) == 0)
      return sinter_fail(SINTER_FORMAT, "%s: two tensors of the name '%s'", parser->json.path, name);
  }
  return SINTER_OK;
}

static int compareKeys(const void *left, const void *right) {
  return strcmp((*(const sinter_key_value *const *)left)->key, (*(const sinter_key_value *const *)right)->key);
}

static sinter_status checkMetadataKeys(const Parser *parser) {
  const FileHeader *header = parser->header;
  const sinter_key_value **sorted = malloc(sizeof *sorted * (header->metadataCount + 1));
  if (!sorted)
    return outOfMemory(parser);
  for (size_t i = 0; i < header->metadataCount; ++i)
    sorted[i] = &header->metadata[i];
  qsort(sorted, header->metadataCount, sizeof *sorted, compareKeys);
  sinter_status status = SINTER_OK;
  for (size_t i = 1; i < header->metadataCount && status == SINTER_OK; ++i)
    if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
      status =
          sinter_fail(SINTER_FORMAT, "%s: two metadata entries of the key '%s'", parser->json.path, sorted[i]->key);
  free(sorted);
  return status;
}

/* Turns the shapes' indices into pointers, and puts the tensors in order. */
static void finishTensors(Parser *parser) {
  static const int64_t noExtent = 0;
  FileHeader *header = parser->header;
  for (size_t i = 0; i < header->tensorCount; ++i)
    header->tensors[i].shape = header->extents ? header->extents + parser->shapeStarts[i] : &noExtent;
  if (header->tensorCount > 0)
    qsort(header->tensors, header->tensorCount, sizeof *header->tensors, compareOffsets);
}

sinter_status sinter_header_parse(FileHeader *header, char *text, size_t length, uint64_t dataBytes, const char *path) {
  memset(header, 0, sizeof *header);
  Parser parser = {{text, length, 0, path}, header, NULL, 0, 0, 0, 0};
  sinter_status status = parseTop(&parser);
  if (status == SINTER_OK) {
    finishTensors(&parser);
    status = indexNames(&parser);
  }
  if (status == SINTER_OK)
    status = checkMetadataKeys(&parser);
  if (status == SINTER_OK)
    status = checkCover(header, dataBytes, path);
  free(parser.shapeStarts);
  if (status != SINTER_OK)
    sinter_header_free(header);
  return status;
}

void sinter_header_free(FileHeader *header) {
  free(header->tensors);
  free(header->byName);
  free(header->extents);
  free(header->metadata);
  memset(header, 0, sizeof *header);
}

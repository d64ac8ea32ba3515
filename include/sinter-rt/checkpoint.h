/* How is training stopped and taken up again?
 *
 * A checkpoint is a safetensors file with every tensor of the state block and, as metadata,
 *   sinter.format             "1"
 *   sinter.model              the artifact's name
 *   sinter.step, sinter.seed  decimal numbers
 *   sinter.optimizer          the artifact's optimizer
 *   sinter.source_digest      the artifact's digest, for provenance; not compared
 *   sinter.checksum           CRC-32 of the data section, eight hexadecimal digits
 *   sinter.header_checksum    CRC-32 of the names, types, shapes and other metadata
 * beside whatever the caller adds (the trainer: epoch, schedule, normalization, class labels, ...). Resuming from it is
 * bit-identical to never having stopped.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CHECKPOINT_H
#define SINTER_RT_CHECKPOINT_H

#include "model.h"
#include "safetensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of `sinter_model_load`. */
enum {
  /* Accept a checkpoint whose sinter.model is another name, as long as all tensors fit. */
  SINTER_LOAD_ANY_MODEL_NAME = 1
};

/* Writes a checkpoint, atomically (file.h). Keys of `metadata` must be unique and must not start with "sinter.", which
 * is ours: SINTER_INVALID_ARGUMENT otherwise. Gradients that the artifact keeps are saved as well. */
sinter_status sinter_model_save(const sinter_model *model, const char *path, const sinter_key_value *metadata,
                                size_t metadata_count);

/* Takes up a checkpoint: state, step number and seed. Everything is verified first (checksums; the names, shapes and
 * element types of all tensors; none missing, none unknown), so that the model is unchanged when loading fails; that
 * takes a second state block for the time of loading. Kept gradients may be missing or unknown. If `file` is not NULL
 * it gets the open file, for its metadata (`sinter_file_metadata`); the caller closes it. It is NULL on failure. */
sinter_status sinter_model_load(sinter_model *model, const char *path, uint32_t flags, sinter_file **file);

/* Takes the parameters alone from any safetensors file, a checkpoint or not, with or without metadata. Every parameter
 * must be there with its shape; other tensors are ignored. F64, F32, BF16 and F16 are converted. Optimizer state, step
 * number and seed stay. The model is unchanged when loading fails. `flags` must be 0; `file` as above. */
sinter_status sinter_model_load_parameters(sinter_model *model, const char *path, uint32_t flags, sinter_file **file);

/* Verifies the checksums of an open file against its data. A file without checksums passes. */
sinter_status sinter_checkpoint_verify(const sinter_file *file);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_CHECKPOINT_H */

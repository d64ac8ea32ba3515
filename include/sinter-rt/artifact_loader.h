/* How does a program that was not linked with an artifact find it in a shared library?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_ARTIFACT_LOADER_H
#define SINTER_RT_ARTIFACT_LOADER_H

#include "artifact.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sinter_library sinter_library;

/* Opens the shared library at `path` and checks its artifact (`sinter_artifact_check`). With a `name`, the symbol is
 * `<name>_artifact`. Without (NULL), it is `sinter_program_artifact`, or else `<stem>_artifact`, where the stem is the
 * file name without "lib" in front and without its extension. SINTER_IO when the library cannot be opened,
 * SINTER_INVALID_ARGUMENT when it has no such symbol, SINTER_ABI_MISMATCH when it was built for another ABI version.
 * `*library` is NULL on failure. */
sinter_status sinter_library_open(const char *path, const char *name, sinter_library **library);

/* Closes the library; its artifact, and every model of it, must not be used any more. NULL is accepted. */
void sinter_library_close(sinter_library *library);

const sinter_artifact *sinter_library_artifact(const sinter_library *library);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_ARTIFACT_LOADER_H */

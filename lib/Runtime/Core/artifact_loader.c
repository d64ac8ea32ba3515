/* How is an artifact found in a shared library? See artifact_loader.h.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/artifact_loader.h>
#include <sinter-rt/model.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sinter_library {
  void *handle;
  const sinter_artifact *artifact;
};

static const char programSymbol[] = "sinter_program_artifact";

/* "<name>_artifact" for the first `length` bytes of `name`; NULL when out of memory. */
static char *symbolOf(const char *name, size_t length) {
  char *symbol = NULL;
  return asprintf(&symbol, "%.*s_artifact", (int)length, name) < 0 ? NULL : symbol;
}

/* dir/libmlp.so.1 -> mlp_artifact */
static char *symbolOfPath(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *stem = slash ? slash + 1 : path;
  if (strncmp(stem, "lib", 3) == 0)
    stem += 3;
  return symbolOf(stem, strcspn(stem, "."));
}

/* dlopen looks into the system's folders unless there is a slash. */
static sinter_status openHandle(sinter_library *library, const char *path) {
  if (access(path, R_OK) != 0)
    return sinter_fail(SINTER_IO, "cannot open library '%s': %s", path, strerror(errno));
  char *withSlash = NULL;
  if (!strchr(path, '/') && asprintf(&withSlash, "./%s", path) < 0)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot open library '%s': out of memory", path);
  library->handle = dlopen(withSlash ? withSlash : path, RTLD_NOW | RTLD_LOCAL);
  free(withSlash);
  if (!library->handle) {
    const char *reason = dlerror();
    return sinter_fail(SINTER_IO, "cannot open library '%s': %s", path, reason ? reason : "no reason given");
  }
  return SINTER_OK;
}

static sinter_status findArtifact(sinter_library *library, const char *path, const char *name) {
  if (!name)
    library->artifact = dlsym(library->handle, programSymbol);
  if (library->artifact)
    return SINTER_OK;
  char *symbol = name ? symbolOf(name, strlen(name)) : symbolOfPath(path);
  if (!symbol)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot open library '%s': out of memory", path);
  library->artifact = dlsym(library->handle, symbol);
  sinter_status status = SINTER_OK;
  if (!library->artifact && name)
    status = sinter_fail(SINTER_INVALID_ARGUMENT, "library '%s' has no model '%s': expected the symbol '%s'", path,
                         name, symbol);
  else if (!library->artifact)
    status =
        sinter_fail(SINTER_INVALID_ARGUMENT, "library '%s' is no sinter artifact: expected the symbol '%s' or '%s'",
                    path, programSymbol, symbol);
  free(symbol);
  return status;
}

sinter_status sinter_library_open(const char *path, const char *name, sinter_library **result) {
  if (!result)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_library_open: expected a place for the library, found NULL");
  *result = NULL;
  if (!path || !*path)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "library: expected a path, found none");
  sinter_library *library = calloc(1, sizeof *library);
  if (!library)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot open library '%s': out of memory", path);
  sinter_status status = openHandle(library, path);
  if (status == SINTER_OK)
    status = findArtifact(library, path, name);
  if (status == SINTER_OK) {
    status = sinter_artifact_check(library->artifact);
    if (status != SINTER_OK)
      sinter_fail(status, "library '%s': %s", path, sinter_last_error());
  }
  if (status != SINTER_OK) {
    sinter_library_close(library);
    return status;
  }
  *result = library;
  return SINTER_OK;
}

void sinter_library_close(sinter_library *library) {
  if (!library)
    return;
  if (library->handle)
    dlclose(library->handle);
  free(library);
}

const sinter_artifact *sinter_library_artifact(const sinter_library *library) {
  return library->artifact;
}

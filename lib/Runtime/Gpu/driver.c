/* How is NVIDIA's driver found?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static const char libraryName[] = "libcuda.so.1";

static Driver theDriver;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int isOpen;

/* Stores the address of `symbol` into the function pointer at `place`. */
static sinter_status find(void *library, const char *symbol, void *place) {
  void *address = dlsym(library, symbol);
  if (!address)
    return sinter_fail(SINTER_UNSUPPORTED, "%s has no '%s': expected the driver of CUDA 12.0 or later", libraryName,
                       symbol);
  memcpy(place, &address, sizeof address);
  return SINTER_OK;
}

static sinter_status openLibrary(void) {
  void *library = dlopen(libraryName, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return sinter_fail(SINTER_UNSUPPORTED, "no NVIDIA driver on this machine: %s", dlerror());
  sinter_status status = SINTER_OK;
#define FIND(name, symbol, parameters)                                                                                 \
  if (status == SINTER_OK)                                                                                             \
    status = find(library, symbol, &theDriver.name);
  SINTER_DRIVER_FUNCTIONS(FIND)
#undef FIND
  return status;
}

static sinter_status start(void) {
  sinter_status status = openLibrary();
  if (status != SINTER_OK)
    return status;
  const CUresult result = theDriver.init(0);
  if (result == CUDA_ERROR_NO_DEVICE)
    return sinter_fail(SINTER_UNSUPPORTED, "the NVIDIA driver finds no GPU on this machine");
  return sinter_driver_check(&theDriver, result, SINTER_UNSUPPORTED, "starting the NVIDIA driver");
}

sinter_status sinter_driver_open(const Driver **driver) {
  pthread_mutex_lock(&lock);
  sinter_status status = isOpen ? SINTER_OK : start();
  isOpen = status == SINTER_OK;
  pthread_mutex_unlock(&lock);
  *driver = &theDriver;
  return status;
}

sinter_status sinter_driver_check(const Driver *driver, CUresult result, sinter_status status, const char *what) {
  if (result == CUDA_SUCCESS)
    return SINTER_OK;
  const char *name = NULL, *text = NULL;
  if (driver->getErrorName(result, &name) != CUDA_SUCCESS || !name)
    name = "unknown error";
  if (driver->getErrorString(result, &text) != CUDA_SUCCESS || !text)
    text = "no description";
  return sinter_fail(status, "%s failed: %s (%d): %s", what, name, (int)result, text);
}

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

/* Of the CUDA version whose entry points are used, as the driver counts: 1000 * major + 10 * minor. */
enum { NEEDED_VERSION = 12000 };

static sinter_status refuse(int version, const char *symbol) {
  return sinter_fail(SINTER_UNSUPPORTED,
                     "the NVIDIA driver is too old: expected one for CUDA %d.%d or later, found one for CUDA %d.%d%s%s",
                     NEEDED_VERSION / 1000, NEEDED_VERSION % 1000 / 10, version / 1000, version % 1000 / 10,
                     symbol ? ", without " : "", symbol ? symbol : "");
}

/* All entry points, or the first one that is not there. */
static const char *findAll(void *library) {
  const char *missing = NULL;
#define FIND(name, symbol, parameters)                                                                                 \
  if (!missing) {                                                                                                      \
    void *address = dlsym(library, symbol);                                                                            \
    memcpy(&theDriver.name, &address, sizeof address);                                                                 \
    missing = address ? NULL : symbol;                                                                                 \
  }
  SINTER_DRIVER_FUNCTIONS(FIND)
#undef FIND
  return missing;
}

static sinter_status openLibrary(void) {
  void *library = dlopen(libraryName, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return sinter_fail(SINTER_UNSUPPORTED, "no NVIDIA driver on this machine: %s", dlerror());
  const char *missing = findAll(library);
  int version = 0;
  if (!theDriver.driverGetVersion)
    return sinter_fail(SINTER_UNSUPPORTED, "%s is no NVIDIA driver: it has no %s", libraryName, missing);
  if (theDriver.driverGetVersion(&version) != CUDA_SUCCESS)
    version = 0;
  return missing || version < NEEDED_VERSION ? refuse(version, missing) : SINTER_OK;
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

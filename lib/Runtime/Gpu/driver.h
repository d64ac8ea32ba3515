/* What of NVIDIA's driver is used? Own declarations of its C interface, found with dlopen: no part of the CUDA toolkit
 * is needed to build or to run. Names and values are those of the driver API's reference.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_GPU_DRIVER_H
#define SINTER_RT_GPU_DRIVER_H

#include <sinter-rt/status.h>

#include <stddef.h>
#include <stdint.h>

typedef int CUresult;
typedef int CUdevice;
typedef uint64_t CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;
typedef struct CUgraph_st *CUgraph;
typedef struct CUgraphExec_st *CUgraphExec;

enum {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_NOT_READY = 600,
  CU_DEVICE_ATTRIBUTE_CLOCK_RATE = 13,
  CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
  CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE = 36,
  CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH = 37,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
  CU_TENSOR_MAP_INTERLEAVE_NONE = 0,
  CU_TENSOR_MAP_SWIZZLE_128B = 3,
  CU_TENSOR_MAP_L2_PROMOTION_L2_256B = 3,
  CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE = 0,
  CU_JIT_ERROR_LOG_BUFFER = 5,
  CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
  CU_STREAM_NON_BLOCKING = 1,
  CU_EVENT_DEFAULT = 0,
  CU_EVENT_DISABLE_TIMING = 2,
  CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1
};

/* X(name here, symbol in the library, parameters) */
#define SINTER_DRIVER_FUNCTIONS(X)                                                                                     \
  X(driverGetVersion, "cuDriverGetVersion", (int *version))                                                            \
  X(init, "cuInit", (unsigned flags))                                                                                  \
  X(deviceGetCount, "cuDeviceGetCount", (int *count))                                                                  \
  X(deviceGet, "cuDeviceGet", (CUdevice * device, int ordinal))                                                        \
  X(deviceGetName, "cuDeviceGetName", (char *name, int length, CUdevice device))                                       \
  X(deviceGetAttribute, "cuDeviceGetAttribute", (int *value, int attribute, CUdevice device))                          \
  X(primaryCtxRetain, "cuDevicePrimaryCtxRetain", (CUcontext * context, CUdevice device))                              \
  X(primaryCtxRelease, "cuDevicePrimaryCtxRelease_v2", (CUdevice device))                                              \
  X(ctxSetCurrent, "cuCtxSetCurrent", (CUcontext context))                                                             \
  X(getErrorName, "cuGetErrorName", (CUresult error, const char **name))                                               \
  X(getErrorString, "cuGetErrorString", (CUresult error, const char **text))                                           \
  X(memGetInfo, "cuMemGetInfo_v2", (size_t *unused, size_t *total))                                                    \
  X(memAlloc, "cuMemAlloc_v2", (CUdeviceptr * address, size_t bytes))                                                  \
  X(memFree, "cuMemFree_v2", (CUdeviceptr address))                                                                    \
  X(memAllocHost, "cuMemAllocHost_v2", (void **address, size_t bytes))                                                 \
  X(memFreeHost, "cuMemFreeHost", (void *address))                                                                     \
  X(memsetD8Async, "cuMemsetD8Async", (CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream))            \
  X(copyToDevice, "cuMemcpyHtoDAsync_v2", (CUdeviceptr to, const void *from, size_t bytes, CUstream stream))           \
  X(copyToHost, "cuMemcpyDtoHAsync_v2", (void *to, CUdeviceptr from, size_t bytes, CUstream stream))                   \
  X(copyOnDevice, "cuMemcpyDtoDAsync_v2", (CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream))           \
  X(moduleLoad, "cuModuleLoadDataEx",                                                                                  \
    (CUmodule * module, const void *image, unsigned count, int *options, void **values))                               \
  X(moduleUnload, "cuModuleUnload", (CUmodule module))                                                                 \
  X(moduleGetFunction, "cuModuleGetFunction", (CUfunction * function, CUmodule module, const char *name))              \
  X(launchKernel, "cuLaunchKernel",                                                                                    \
    (CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,            \
     unsigned blockZ, unsigned sharedBytes, CUstream stream, void **parameters, void **extra))                         \
  X(funcSetAttribute, "cuFuncSetAttribute", (CUfunction function, int attribute, int value))                           \
  X(tensorMapEncodeTiled, "cuTensorMapEncodeTiled",                                                                    \
    (void *map, int element, uint32_t rank, CUdeviceptr address, const uint64_t *extents, const uint64_t *strides,     \
     const uint32_t *box, const uint32_t *elementStrides, int interleave, int swizzle, int promotion, int fill))       \
  X(streamCreate, "cuStreamCreate", (CUstream * stream, unsigned flags))                                               \
  X(streamDestroy, "cuStreamDestroy_v2", (CUstream stream))                                                            \
  X(streamSynchronize, "cuStreamSynchronize", (CUstream stream))                                                       \
  X(streamWaitEvent, "cuStreamWaitEvent", (CUstream stream, CUevent event, unsigned flags))                            \
  X(beginCapture, "cuStreamBeginCapture_v2", (CUstream stream, int mode))                                              \
  X(endCapture, "cuStreamEndCapture", (CUstream stream, CUgraph * graph))                                              \
  X(eventCreate, "cuEventCreate", (CUevent * event, unsigned flags))                                                   \
  X(eventDestroy, "cuEventDestroy_v2", (CUevent event))                                                                \
  X(eventRecord, "cuEventRecord", (CUevent event, CUstream stream))                                                    \
  X(eventSynchronize, "cuEventSynchronize", (CUevent event))                                                           \
  X(eventQuery, "cuEventQuery", (CUevent event))                                                                       \
  X(eventElapsedTime, "cuEventElapsedTime", (float *milliseconds, CUevent start, CUevent end))                         \
  X(graphInstantiate, "cuGraphInstantiateWithFlags", (CUgraphExec * exec, CUgraph graph, unsigned long long flags))    \
  X(graphDestroy, "cuGraphDestroy", (CUgraph graph))                                                                   \
  X(graphExecDestroy, "cuGraphExecDestroy", (CUgraphExec exec))                                                        \
  X(graphLaunch, "cuGraphLaunch", (CUgraphExec exec, CUstream stream))

#define SINTER_DRIVER_POINTER(name, symbol, parameters) CUresult(*name) parameters;
typedef struct Driver {
  SINTER_DRIVER_FUNCTIONS(SINTER_DRIVER_POINTER)
} Driver;
#undef SINTER_DRIVER_POINTER

/* Opens and starts the driver, once per process. SINTER_UNSUPPORTED without one, or when it finds no device. */
sinter_status sinter_driver_open(const Driver **driver);

/* SINTER_OK for CUDA_SUCCESS, else a failure that says what was being done and what the driver answered. */
sinter_status sinter_driver_check(const Driver *driver, CUresult result, sinter_status status, const char *what);

#endif /* SINTER_RT_GPU_DRIVER_H */
